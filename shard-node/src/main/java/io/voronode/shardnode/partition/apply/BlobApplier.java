package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.proto.internal.v1.StoredBlobChunk;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;

/** Keeps cell maps and calibrations for as long as a generation has them. Made for one entry; owned by the apply thread. */
final class BlobApplier {
    private static final int MAX_CHUNK_BYTES = 512 << 10;
    private static final int DIGEST_BYTES = 32;

    private final PartitionState state;
    private final EntryBatch batch;

    BlobApplier(PartitionState state, EntryBatch batch) {
        this.state = state;
        this.batch = batch;
    }

    Outcome put(PutBlobOrder order) {
        if (order.getDigest().size() != DIGEST_BYTES || order.getChunk() >= order.getChunkCount()) {
            return new Outcome.Refused("chunk " + order.getChunk() + " of " + order.getChunkCount()
                    + " under a digest of " + order.getDigest().size() + " bytes is no part of a blob");
        }
        if (order.getContent().size() > MAX_CHUNK_BYTES) {
            return new Outcome.Refused("blob chunk of " + order.getContent().size() + " bytes > " + MAX_CHUNK_BYTES);
        }
        batch.rows()
                .put(
                        Family.BLOBS,
                        RowKeys.blob(order.getDigest(), order.getChunk()),
                        StoredBlobChunk.newBuilder()
                                .setChunkCount(order.getChunkCount())
                                .setContent(order.getContent())
                                .build());
        return new Outcome.Done();
    }

    /** Deletes those of these blobs that are here and that no live generation has: to be called when the state knows what has ended. */
    void deleteUnused(Iterable<ByteString> digests) {
        for (ByteString digest : digests) {
            if (digest.size() == DIGEST_BYTES && !state.usesCellMap(digest)) {
                delete(digest);
            }
        }
    }

    private void delete(ByteString digest) {
        byte[] first = RowKeys.blob(digest, 0);
        StoredBlobChunk chunk = batch.stored(Family.BLOBS, first, StoredBlobChunk.parser());
        if (chunk != null) {
            batch.rows().deleteRange(Family.BLOBS, first, RowKeys.blob(digest, chunk.getChunkCount()));
        }
    }
}
