package io.voronode.coordinator.write;

import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.validate.Keys;
import io.voronode.coordinator.validate.RecordRules;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes drafts of what a request brings and answers the records that cannot be written. Used by one thread, once. */
final class Drafts {
    private final CollectionSpec spec;
    private final TextVectors texts;
    private final Results results;

    Drafts(CollectionSpec spec, TextVectors texts, Results results) {
        this.spec = spec;
        this.texts = texts;
        this.results = results;
    }

    /** Of the valid records with one key the last is kept, so that an invalid one never stands in for a valid one. */
    List<Draft> upserts(List<Record> records) {
        RecordRules rules = new RecordRules(spec);
        float[] @Nullable [] vectors = new float[records.size()][];
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            try {
                vectors[i] = rules.require(i, records.get(i));
                valid.add(i);
            } catch (BadInput e) {
                results.failed(i, e);
            }
        }
        List<Integer> kept = lastOfEachKey(valid, i -> records.get(i).getKey());
        embed(records, kept.stream().filter(i -> vectors[i] == null).toList(), vectors);
        List<Draft> drafts = new ArrayList<>();
        for (int index : kept) {
            float[] vector = vectors[index];
            if (vector != null) {
                drafts.add(upsert(index, records.get(index), vector));
            }
        }
        return drafts;
    }

    List<Draft> deletes(List<String> keys) {
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            try {
                Keys.require("key " + i, keys.get(i));
                valid.add(i);
            } catch (BadInput e) {
                results.failed(i, e);
            }
        }
        return lastOfEachKey(valid, keys::get).stream()
                .map(i -> delete(i, keys.get(i)))
                .toList();
    }

    private interface KeyOf {
        String key(int index);
    }

    private List<Integer> lastOfEachKey(List<Integer> indexes, KeyOf keyOf) {
        Map<String, Integer> last = new HashMap<>();
        indexes.forEach(i -> last.put(keyOf.key(i), i));
        List<Integer> kept = new ArrayList<>();
        for (int index : indexes) {
            int winner = last.getOrDefault(keyOf.key(index), index);
            if (winner == index) {
                kept.add(index);
            } else {
                results.superseded(index, winner);
            }
        }
        return kept;
    }

    /**
     * All texts in one call. The embedder refuses the call for one text that its model knows no part of; then halves are tried, so
     * that only the records at fault are refused.
     */
    private void embed(List<Record> records, List<Integer> indexes, float[] @Nullable [] vectors) {
        try {
            List<float[]> embedded = texts.embed(
                    spec, indexes.stream().map(i -> records.get(i).getText()).toList());
            for (int i = 0; i < embedded.size(); i++) {
                vectors[indexes.get(i)] = embedded.get(i);
            }
        } catch (BadInput e) {
            if (indexes.size() == 1) {
                results.failed(
                        indexes.getFirst(),
                        new BadInput("record " + indexes.getFirst() + ": text cannot be embedded: " + e.getMessage()));
                return;
            }
            int middle = indexes.size() / 2;
            embed(records, indexes.subList(0, middle), vectors);
            embed(records, indexes.subList(middle, indexes.size()), vectors);
        } catch (VoronodeException e) {
            indexes.forEach(i -> results.failed(i, e));
        }
    }

    private Draft upsert(int index, Record record, float[] vector) {
        UpsertAction.Builder action =
                UpsertAction.newBuilder().setVector(VectorBytes.pack(vector)).setPayload(record.getPayload());
        if (record.hasDocument()) {
            action.setHasDocument(true)
                    .setDocument(record.getDocument().getContent())
                    .setMediaType(record.getDocument().getMediaType());
        }
        WriteOperation operation = WriteOperation.newBuilder()
                .setOrdinal(index)
                .setKey(record.getKey())
                .setUpsert(action)
                .build();
        if (spec.getMetric() == Metric.COSINE.wireNumber()) {
            Vectors.normalize(vector);
        }
        return new Draft(operation, vector);
    }

    private static Draft delete(int index, String key) {
        WriteOperation operation = WriteOperation.newBuilder()
                .setOrdinal(index)
                .setKey(key)
                .setDelete(DeleteAction.getDefaultInstance())
                .build();
        return new Draft(operation, null);
    }
}
