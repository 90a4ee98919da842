package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredEndedGeneration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A collection in one partition: its spec, its counters and its generations. Owned by the apply thread. */
final class CollectionState {
    private static final int ENDED_KEPT = 32;

    private final SortedMap<Integer, GenerationState> generations = new TreeMap<>();
    private final Deque<StoredEndedGeneration> ended = new ArrayDeque<>();
    private CollectionSpec spec;
    private long liveRows;
    private long expiringRows;
    private int lastGeneration;

    /** A new collection, with its generation 0. */
    CollectionState(CollectionSpec spec, ByteString digest, long index) {
        this.spec = spec;
        generations.put(0, new GenerationState(0, digest, 0, 0, index));
    }

    private CollectionState(StoredCollection stored) {
        spec = stored.getSpec();
        liveRows = stored.getLiveRows();
        expiringRows = stored.getExpiringRows();
        lastGeneration = stored.getLastGeneration();
        stored.getGenerationsList().forEach(g -> generations.put(g.getGeneration(), GenerationState.of(g)));
        ended.addAll(stored.getEndedList());
    }

    static CollectionState of(StoredCollection stored) {
        return new CollectionState(stored);
    }

    CollectionSpec spec() {
        return spec;
    }

    void update(CollectionSpec newSpec) {
        spec = newSpec;
    }

    Collection<GenerationState> generations() {
        return generations.values();
    }

    @Nullable
    GenerationState generation(int generation) {
        return generations.get(generation);
    }

    void rowAdded() {
        liveRows++;
    }

    void rowRemoved() {
        assert liveRows > 0 : "collection " + spec.getName() + " has no live row left";
        liveRows--;
    }

    void expiryAdded() {
        expiringRows++;
    }

    void expiryRemoved() {
        assert expiringRows > 0 : "collection " + spec.getName() + " has no expiring row left";
        expiringRows--;
    }

    /** Does nothing for a number that is not above all that ever began or ended. */
    void begin(int generation, ByteString digest, int blobPartition, long index) {
        if (generation > lastGeneration) {
            lastGeneration = generation;
            generations.put(generation, new GenerationState(generation, digest, blobPartition, liveRows, index));
        }
    }

    /** Returns whether the generation was live; a number that never began cannot begin any more. */
    boolean end(int generation, long index) {
        boolean wasLive = generations.remove(generation) != null;
        if (wasLive || generation > lastGeneration) {
            lastGeneration = Math.max(lastGeneration, generation);
            ended.addLast(StoredEndedGeneration.newBuilder()
                    .setGeneration(generation)
                    .setIndex(index)
                    .build());
            if (ended.size() > ENDED_KEPT) {
                ended.removeFirst();
            }
        }
        return wasLive;
    }

    List<LiveGeneration> live() {
        return generations.values().stream().map(GenerationState::live).toList();
    }

    StoredCollection stored() {
        StoredCollection.Builder stored = StoredCollection.newBuilder()
                .setSpec(spec)
                .setLiveRows(liveRows)
                .setExpiringRows(expiringRows)
                .setLastGeneration(lastGeneration)
                .addAllEnded(ended);
        generations.values().forEach(g -> stored.addGenerations(g.stored()));
        return stored.build();
    }
}
