package io.voronode.coordinator.write;

import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.validate.ConditionRules;
import io.voronode.coordinator.validate.ExpiryRules;
import io.voronode.coordinator.validate.Keys;
import io.voronode.coordinator.validate.PayloadRules;
import io.voronode.coordinator.validate.RecordRules;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.UpdatePayloadAction;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.v1.PayloadUpdate;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes drafts of what a request brings and answers the records that cannot be written. Used by one thread, once. */
final class Drafts {
    private final CollectionSpec spec;
    private final WriteIdentity identity;
    private final TextVectors texts;
    private final Results results;
    private long embedNanos;

    /** For one request. */
    Drafts(CollectionSpec spec, WriteIdentity identity, TextVectors texts, Results results) {
        this.spec = spec;
        this.identity = identity;
        this.texts = texts;
        this.results = results;
    }

    /**
     * Of the valid records with one key those are kept that {@link RoundsByKey} says, so that an invalid one never stands in for a valid one.
     *
     * @param nowMs when the records were taken; their times to live begin here, once for all attempts at all partitions
     */
    List<Draft> upserts(List<Record> records, long nowMs) {
        RecordRules rules = new RecordRules(spec);
        float[] @Nullable [] vectors = new float[records.size()][];
        long[] expireTimesMs = new long[records.size()];
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            try {
                vectors[i] = rules.require(i, records.get(i));
                expireTimesMs[i] = ExpiryRules.expireTimeMs(i, records.get(i), nowMs);
                valid.add(i);
            } catch (BadInput e) {
                results.failed(i, e);
            }
        }
        List<Integer> withText = valid.stream().filter(i -> vectors[i] == null).toList();
        if (!withText.isEmpty()) {
            long startNanos = System.nanoTime();
            embed(records, withText, vectors);
            embedNanos = System.nanoTime() - startNanos;
        }
        List<Integer> kept = RoundsByKey.kept(
                valid.stream().filter(i -> vectors[i] != null).toList(),
                i -> records.get(i).getKey(),
                i -> !records.get(i).hasCondition(),
                results);
        return kept.stream()
                .map(i -> upsert(i, records.get(i), Objects.requireNonNull(vectors[i]), expireTimesMs[i]))
                .toList();
    }

    /** How long the embedding of texts took; 0 where there were none. */
    long embedNanos() {
        return embedNanos;
    }

    /** As {@link #upserts}; of one key all are kept, because a merge is to what the one before it left. */
    List<Draft> payloadUpdates(List<PayloadUpdate> updates) {
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < updates.size(); i++) {
            try {
                PayloadRules.require(i, updates.get(i));
                valid.add(i);
            } catch (BadInput e) {
                results.failed(i, e);
            }
        }
        return RoundsByKey.kept(valid, i -> updates.get(i).getKey(), i -> false, results).stream()
                .map(i -> payloadUpdate(i, updates.get(i)))
                .toList();
    }

    /** As {@link #upserts}; the versions are those that the records must have, one per key or none. */
    List<Draft> deletes(List<String> keys, List<Long> ifVersions) {
        if (!ifVersions.isEmpty() && ifVersions.size() != keys.size()) {
            throw new BadInput(
                    ifVersions.size() + " if_versions for " + keys.size() + " keys: give none, or one per key");
        }
        List<Integer> valid = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            try {
                Keys.require("key " + i, keys.get(i));
                if (!ifVersions.isEmpty()) {
                    ConditionRules.requireVersion("key " + i + ": if_version", ifVersions.get(i));
                }
                valid.add(i);
            } catch (BadInput e) {
                results.failed(i, e);
            }
        }
        return RoundsByKey.kept(valid, keys::get, i -> ifVersions.isEmpty(), results).stream()
                .map(i -> delete(i, keys.get(i), ifVersions.isEmpty() ? 0 : ifVersions.get(i)))
                .toList();
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

    private Draft upsert(int index, Record record, float[] vector, long expireTimeMs) {
        UpsertAction.Builder action = UpsertAction.newBuilder()
                .setVector(VectorBytes.pack(vector))
                .setPayload(record.getPayload())
                .setExpireTimeMs(expireTimeMs);
        if (record.hasDocument()) {
            action.setHasDocument(true)
                    .setDocument(record.getDocument().getContent())
                    .setMediaType(record.getDocument().getMediaType());
        }
        WriteOperation.Builder operation = WriteOperation.newBuilder()
                .setOrdinal(identity.ordinal(index))
                .setKey(record.getKey())
                .setUpsert(action);
        if (record.hasCondition()) {
            Conditions.set(operation, record.getCondition());
        }
        if (spec.getMetric() == Metric.COSINE.wireNumber()) {
            Vectors.normalize(vector);
        }
        return new Draft(index, operation.build(), vector);
    }

    private Draft payloadUpdate(int index, PayloadUpdate update) {
        UpdatePayloadAction.Builder action = UpdatePayloadAction.newBuilder()
                .setMerge(update.hasMerge())
                .setPayload(update.hasMerge() ? update.getMerge() : update.getReplace());
        WriteOperation.Builder operation = WriteOperation.newBuilder()
                .setOrdinal(identity.ordinal(index))
                .setKey(update.getKey())
                .setUpdatePayload(action);
        if (update.hasCondition()) {
            Conditions.set(operation, update.getCondition());
        }
        return new Draft(index, operation.build(), null);
    }

    private Draft delete(int index, String key, long ifVersion) {
        WriteOperation.Builder operation = WriteOperation.newBuilder()
                .setOrdinal(identity.ordinal(index))
                .setKey(key)
                .setDelete(DeleteAction.getDefaultInstance());
        if (ifVersion != 0) {
            operation.setIfVersion(ifVersion);
        }
        return new Draft(index, operation.build(), null);
    }
}
