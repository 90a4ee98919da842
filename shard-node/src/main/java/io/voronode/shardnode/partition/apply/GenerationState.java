package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.StoredGeneration;

/** A live generation of a collection in one partition. Owned by the apply thread. */
final class GenerationState {
    private final int generation;
    private final ByteString digest;
    private final int blobPartition;
    private long unstamped;
    private long stampedIndex;

    GenerationState(int generation, ByteString digest, int blobPartition, long unstamped, long index) {
        this.generation = generation;
        this.digest = digest;
        this.blobPartition = blobPartition;
        this.unstamped = unstamped;
        this.stampedIndex = index;
    }

    static GenerationState of(StoredGeneration stored) {
        return new GenerationState(
                stored.getGeneration(),
                stored.getCellMapDigest(),
                stored.getCellMapPartition(),
                stored.getUnstamped(),
                stored.getStampedIndex());
    }

    int generation() {
        return generation;
    }

    /** Of its cell map. */
    ByteString digest() {
        return digest;
    }

    /** A row that had no stamp for this generation got one, or is gone. */
    void countDown() {
        assert unstamped > 0 : "generation " + generation + " has no unstamped row left";
        unstamped--;
    }

    void assignedAt(long index) {
        stampedIndex = index;
    }

    StoredGeneration stored() {
        return StoredGeneration.newBuilder()
                .setGeneration(generation)
                .setCellMapDigest(digest)
                .setCellMapPartition(blobPartition)
                .setUnstamped(unstamped)
                .setStampedIndex(stampedIndex)
                .build();
    }

    LiveGeneration live() {
        return LiveGeneration.newBuilder()
                .setGeneration(generation)
                .setCellMapDigest(digest)
                .setCellMapPartition(blobPartition)
                .build();
    }
}
