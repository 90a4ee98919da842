package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PutBlobOrder;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Keeps blobs in partitions' logs, by digest. Storing the same bytes again does no harm, nor does a blob that nobody refers to. They are
 * deleted with the generation that was the last to name them: the orders that end one say which these are.
 */
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

    /** Digests of the cell maps and calibrations, replaced ones as well, that the tree names in these generations and in no other. */
    static List<ByteString> namedOnlyBy(Predicate<GenerationKey> ending, TreeSnapshot tree) {
        Set<ByteString> theirs = new LinkedHashSet<>();
        Set<ByteString> others = new HashSet<>(Set.of(ByteString.EMPTY));
        tree.collections()
                .values()
                .forEach(collection -> collection.generations().forEach((number, generation) -> {
                    boolean ends =
                            ending.test(new GenerationKey(collection.spec().getUuid(), number));
                    Set<ByteString> named = ends ? theirs : others;
                    named.add(generation.value().getCellMapDigest());
                    named.add(generation.value().getCalibrationDigest());
                    named.addAll(generation.value().getReplacedCalibrationsList());
                }));
        theirs.removeAll(others);
        return List.copyOf(theirs);
    }
}
