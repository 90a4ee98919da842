package io.voronode.shardnode.shard;

import io.voronode.engine.search.TopHits;
import io.voronode.proto.internal.v1.ShardHit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.StoredFields;

/**
 * Turns documents into keys, versions and payloads: in document order, because doc values only go forward, then sorted for the answer.
 * Payloads for which the answer has no room are left out, and said to be.
 */
final class HitReader {
    private static final Comparator<ShardHit> NEAREST_FIRST =
            Comparator.comparingDouble(ShardHit::getDistance).thenComparing(ShardHit::getKey);
    private static final Set<String> PAYLOAD_ONLY = Set.of(ShardIndex.PAYLOAD);

    private HitReader() {}

    static List<ShardHit> read(DirectoryReader reader, TopHits found, PayloadRoom payloads) throws IOException {
        // The document above, the place among the hits below.
        long[] byDocument = new long[found.size()];
        for (int hit = 0; hit < byDocument.length; hit++) {
            byDocument[hit] = (long) found.docIds()[hit] << Integer.SIZE | hit;
        }
        Arrays.sort(byDocument);
        List<ShardHit> hits = new ArrayList<>(found.size());
        List<LeafReaderContext> leaves = reader.leaves();
        StoredFields stored = payloads.wanted() ? reader.storedFields() : null;
        for (int at = 0; at < byDocument.length; ) {
            int docId = document(byDocument[at]);
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(docId, leaves));
            int end = leaf.docBase + leaf.reader().maxDoc();
            BinaryDocValues keys = DocValues.getBinary(leaf.reader(), ShardIndex.KEY);
            NumericDocValues versions = DocValues.getNumeric(leaf.reader(), ShardIndex.VERSION);
            for (; at < byDocument.length && document(byDocument[at]) < end; at++) {
                int hit = (int) byDocument[at];
                int document = document(byDocument[at]);
                ShardHit.Builder builder = ShardHit.newBuilder().setDistance(found.distances()[hit]);
                builder.setKey(key(keys, document - leaf.docBase));
                builder.setVersion(version(versions, document - leaf.docBase));
                if (found.cells()[hit] != TopHits.NO_CELL) {
                    builder.setCell(found.cells()[hit]);
                }
                if (stored != null) {
                    addPayload(builder, stored, document, payloads);
                }
                hits.add(builder.build());
            }
        }
        hits.sort(NEAREST_FIRST);
        return hits;
    }

    private static int document(long packed) {
        return (int) (packed >>> Integer.SIZE);
    }

    private static void addPayload(ShardHit.Builder hit, StoredFields stored, int document, PayloadRoom payloads)
            throws IOException {
        String payload = payloads.isFull() ? null : payload(stored, document);
        if (payload != null && payloads.take(payload)) {
            hit.setPayload(payload);
        } else {
            hit.setPayloadLeftOut(true);
        }
    }

    private static String key(BinaryDocValues keys, int document) throws IOException {
        require(keys.advanceExact(document), document, ShardIndex.KEY);
        return keys.binaryValue().utf8ToString();
    }

    private static long version(NumericDocValues versions, int document) throws IOException {
        require(versions.advanceExact(document), document, ShardIndex.VERSION);
        return versions.longValue();
    }

    private static String payload(StoredFields stored, int document) throws IOException {
        String payload = stored.document(document, PAYLOAD_ONLY).get(ShardIndex.PAYLOAD);
        return payload == null ? "" : payload;
    }

    private static void require(boolean present, int document, String field) {
        if (!present) {
            throw new IllegalStateException("document " + document + " has no " + field);
        }
    }
}
