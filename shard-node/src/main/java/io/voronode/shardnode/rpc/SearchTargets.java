package io.voronode.shardnode.rpc;

import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.ShardReplicas;
import io.voronode.wire.PositionOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that one Search call asks, each with the state that it searches or the reason why it cannot. Made and closed by the
 * thread of the call; scan threads only read it. Holds references to the states until it is closed.
 */
final class SearchTargets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SearchTargets.class);

    /** What became of a shard of the request. */
    sealed interface Target {}

    /** To be searched. */
    record Ready(ShardReplica replica, PublishedIndex index) implements Target {}

    /** Not to be searched. */
    record Refused(ProbeCode code) implements Target {}

    private final SortedMap<Integer, Target> targets = new TreeMap<>();

    private SearchTargets() {}

    /**
     * Takes the newest state of each shard; where it lacks what the request wants to see, waits for that.
     *
     * @param waitUntilNanos on the clock of System.nanoTime, when a shard counts as behind
     */
    static SearchTargets acquire(SearchRequest request, ShardReplicas replicas, long waitUntilNanos)
            throws InterruptedException {
        SearchTargets acquired = new SearchTargets();
        try {
            for (ShardProbe probe : request.getProbesList()) {
                if (!acquired.targets.containsKey(probe.getShard())) {
                    ShardId id = new ShardId(request.getCollectionUuid(), request.getGeneration(), probe.getShard());
                    acquired.targets.put(
                            probe.getShard(), acquire(id, request.getAtLeastList(), replicas, waitUntilNanos));
                }
            }
            return acquired;
        } catch (InterruptedException | RuntimeException e) {
            acquired.close();
            throw e;
        }
    }

    /** The newest state of one shard, which the caller releases where it is ready; where it lacks what is wanted, waits for that. */
    static Target acquire(ShardId id, List<Position> atLeast, ShardReplicas replicas, long waitUntilNanos)
            throws InterruptedException {
        ShardReplica replica = replicas.find(id);
        if (replica == null) {
            return new Refused(ProbeCode.PROBE_CODE_NOT_HOSTED);
        }
        boolean seen = replica.awaitVisible(atLeast, waitUntilNanos);
        if (replica.ended()) {
            return new Refused(ProbeCode.PROBE_CODE_GENERATION_ENDED);
        }
        PublishedIndex index = replica.acquire();
        if (index == null) {
            return new Refused(ProbeCode.PROBE_CODE_NOT_READY);
        }
        if (!seen || !index.contains(atLeast)) {
            // Also where the replica started anew, from an older state, after it was seen.
            release(index);
            return new Refused(ProbeCode.PROBE_CODE_BEHIND);
        }
        return new Ready(replica, index);
    }

    Target of(int shard) {
        return targets.getOrDefault(shard, new Refused(ProbeCode.PROBE_CODE_NOT_HOSTED));
    }

    /** Up to where the states that are searched show records. */
    Collection<Position> seen() {
        return latest(searched().stream().flatMap(index -> index.seen().stream()));
    }

    /** The latest of each partition. */
    static Collection<Position> latest(Stream<Position> positions) {
        Map<Integer, Position> latest = new TreeMap<>();
        positions.forEach(position -> latest.merge(position.getPartition(), position, PositionOrder::later));
        return latest.values();
    }

    /** How far behind the rows these states may be: the longest. */
    long lagMs() {
        return searched().stream().mapToLong(PublishedIndex::lagMs).max().orElse(0);
    }

    private List<PublishedIndex> searched() {
        List<PublishedIndex> searched = new ArrayList<>();
        for (Target target : targets.values()) {
            if (target instanceof Ready ready) {
                searched.add(ready.index());
            }
        }
        return searched;
    }

    @Override
    public void close() {
        searched().forEach(SearchTargets::release);
    }

    private static void release(PublishedIndex index) {
        try {
            index.release();
        } catch (IOException e) {
            LOG.warn("closing a reader failed", e);
        }
    }
}
