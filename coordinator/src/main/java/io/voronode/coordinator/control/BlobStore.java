package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PutBlobOrder;

/** Keeps blobs in partitions' logs, by digest. Storing the same bytes again does no harm, nor does a blob that nobody refers to. */
final class BlobStore {
    private static final int CHUNK_BYTES = 512 << 10;

    private BlobStore() {}

    /** Follows a blob on its way. */
    @FunctionalInterface
    interface ChunkListener {
        void next(int chunk, int chunks);
    }

    /**
     * Stores a blob; blocks until the partition has applied all of it.
     *
     * @param digest SHA-256 of the bytes
     * @param beforeChunk told before each chunk how far it is; may throw to end the storing
     * @return the partition that keeps it
     */
    static int put(Pass pass, byte[] bytes, ByteString digest, ChunkListener beforeChunk) {
        int partition = Math.floorMod(digest.byteAt(0), pass.tree().partitionCount());
        int chunks = Math.ceilDiv(bytes.length, CHUNK_BYTES);
        for (int chunk = 0; chunk < chunks; chunk++) {
            beforeChunk.next(chunk, chunks);
            int from = chunk * CHUNK_BYTES;
            PutBlobOrder order = PutBlobOrder.newBuilder()
                    .setDigest(digest)
                    .setChunk(chunk)
                    .setChunkCount(chunks)
                    .setContent(ByteString.copyFrom(bytes, from, Math.min(CHUNK_BYTES, bytes.length - from)))
                    .build();
            pass.orders()
                    .give(pass.reports(), partition, ControlCommand.newBuilder().setPutBlob(order));
        }
        return partition;
    }
}
