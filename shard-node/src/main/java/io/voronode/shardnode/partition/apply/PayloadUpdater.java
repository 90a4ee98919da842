package io.voronode.shardnode.partition.apply;

import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.UpdatePayloadAction;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.wire.VoronodeException;
import java.nio.charset.StandardCharsets;

/**
 * Writes new payloads into the bodies of rows. The only part of apply that reads bodies, and documents where a payload grows. Its limits are
 * part of what every replica computes, so they never change. Made for one entry; owned by the apply thread.
 */
final class PayloadUpdater {
    private static final int MAX_PAYLOAD_BYTES = 64 << 10;
    /** Of key, vector, payload and document together. */
    private static final int MAX_RECORD_BYTES = 960 << 10;

    private final EntryBatch batch;

    PayloadUpdater(EntryBatch batch) {
        this.batch = batch;
    }

    /** The record cannot have such a payload. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Writes the body; the head is the caller's. */
    void update(byte[] row, StoredHead head, UpdatePayloadAction action) throws RefusedException {
        StoredBody body = batch.stored(Family.BODIES, row, StoredBody.parser());
        if (body == null) {
            throw new VoronodeException.Corruption("row \"" + RowKeys.keyOfRow(row) + "\" has lost its body", null);
        }
        String payload = action.getMerge() ? merged(body, action) : action.getPayload();
        StoredBody changed = body.toBuilder().setPayload(payload).build();
        requireSize(row, head, body, changed);
        batch.rows().put(Family.BODIES, row, changed);
    }

    private static String merged(StoredBody body, UpdatePayloadAction patch) throws RefusedException {
        try {
            String merged = PayloadMerge.merge(body.getPayload(), patch.getPayload());
            int bytes = merged.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_PAYLOAD_BYTES) {
                throw new RefusedException(
                        "merged payload of " + bytes + " bytes exceeds the limit of " + MAX_PAYLOAD_BYTES + " bytes");
            }
            return merged;
        } catch (PayloadMerge.MalformedException e) {
            throw new RefusedException("payloads that are no JSON objects cannot be merged: " + e.getMessage());
        }
    }

    private void requireSize(byte[] row, StoredHead head, StoredBody before, StoredBody after) throws RefusedException {
        if (after.getPayloadBytes().size() <= before.getPayloadBytes().size()) {
            return;
        }
        long bytes = RowKeys.keyBytesOfRow(row).length
                + (long) after.getVector().size()
                + after.getPayloadBytes().size();
        if (head.getHasDocument()) {
            StoredDocument document = batch.stored(Family.DOCUMENTS, row, StoredDocument.parser());
            bytes += document == null ? 0 : document.getContent().size();
        }
        if (bytes > MAX_RECORD_BYTES) {
            throw new RefusedException("key, vector, payload and document of " + bytes + " bytes exceed the limit of "
                    + MAX_RECORD_BYTES + " bytes");
        }
    }
}
