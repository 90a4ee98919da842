package io.voronode.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voronode.cli.wordnet.Synset;
import io.voronode.client.Document;
import io.voronode.client.VectorRecord;

/** Synsets as records: the definition is what the model embeds, the whole gloss the document. Pure. */
final class SynsetRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SynsetRecords() {}

    static VectorRecord record(Synset synset) {
        ObjectNode payload = JSON.createObjectNode();
        synset.words().forEach(payload.putArray("words")::add);
        payload.put("partOfSpeech", synset.pos()).put("category", synset.category());
        return VectorRecord.builder(synset.key())
                .text(synset.definition())
                .payload(payload.toString())
                .document(Document.ofText(synset.gloss()))
                .build();
    }
}
