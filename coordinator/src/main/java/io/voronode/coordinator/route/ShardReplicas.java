package io.voronode.coordinator.route;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.proto.internal.v1.ShardTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Chooses the replica of a shard that is asked: of two random live ones the one whose node has clearly fewer calls of this coordinator under
 * way, else the one that keeps the number of nodes small that a search asks ({@link FewestNodes}). A replica that answered that it cannot serve
 * is passed over for a second while there is another. Any thread may ask.
 */
public final class ShardReplicas {
    private static final long REST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MAX_RESTING = 10_000;
    /** Loads that differ by less than this part of the smaller are alike. */
    private static final int ALIKE = 4;

    private final ConcurrentHashMap<String, AtomicInteger> callsUnderWay = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Replica, AtomicLong> restingSince = new ConcurrentHashMap<>();
    private final AnswerTimes times = new AnswerTimes();
    private final HedgeBudget hedges = new HedgeBudget();

    /** One replica of one shard of one generation. */
    public record Replica(ByteString collectionUuid, int generation, int shard, String node) {}

    /**
     * A shard to be asked for.
     *
     * @param tried nodes that are not to be asked again
     */
    public record Wanted(ShardTarget target, Set<String> tried) {}

    /**
     * The nodes to ask, by shard.
     *
     * @return without shards of which no untried replica is on a node that is known to live
     */
    public Map<Integer, String> choose(
            ClusterImage image, ByteString collectionUuid, int generation, Collection<Wanted> wanted) {
        Map<Integer, List<String>> candidates = new HashMap<>();
        for (Wanted shard : wanted) {
            List<String> nodes = lessLoadedOfTwo(able(image, collectionUuid, generation, shard));
            if (!nodes.isEmpty()) {
                candidates.put(shard.target().getShard(), nodes);
            }
        }
        return FewestNodes.of(candidates);
    }

    /** Those that live, without those that rest where there are others. */
    private List<String> able(ClusterImage image, ByteString collectionUuid, int generation, Wanted wanted) {
        List<String> live = new ArrayList<>();
        List<String> able = new ArrayList<>();
        for (String node : wanted.target().getReplicasList()) {
            if (!wanted.tried().contains(node) && image.rpcAddress(node).isPresent()) {
                live.add(node);
                if (!rests(
                        new Replica(collectionUuid, generation, wanted.target().getShard(), node))) {
                    able.add(node);
                }
            }
        }
        return able.isEmpty() ? live : able;
    }

    /** Both of them where they are loaded alike. */
    private List<String> lessLoadedOfTwo(List<String> nodes) {
        if (nodes.size() < 2) {
            return nodes;
        }
        int first = ThreadLocalRandom.current().nextInt(nodes.size());
        int second = ThreadLocalRandom.current().nextInt(nodes.size() - 1);
        String one = nodes.get(first);
        String other = nodes.get(second < first ? second : second + 1);
        int ofOne = load(one).get();
        int ofOther = load(other).get();
        if (ALIKE * Math.abs(ofOne - ofOther) <= Math.min(ofOne, ofOther)) {
            return List.of(one, other);
        }
        return List.of(ofOne < ofOther ? one : other);
    }

    /** A replica said that it cannot serve now. */
    public void rest(Replica replica) {
        if (restingSince.size() >= MAX_RESTING) {
            restingSince.clear();
        }
        restingSince.computeIfAbsent(replica, ignored -> new AtomicLong()).set(System.nanoTime());
    }

    private boolean rests(Replica replica) {
        AtomicLong since = restingSince.get(replica);
        if (since == null) {
            return false;
        }
        if (System.nanoTime() - since.get() < REST_NANOS) {
            return true;
        }
        restingSince.remove(replica, since);
        return false;
    }

    /** How long ordinary searches usually take their nodes. */
    public AnswerTimes times() {
        return times;
    }

    /** What may be asked a second time. */
    public HedgeBudget hedges() {
        return hedges;
    }

    /** The calls under way to a node; who calls counts itself in and out. */
    public AtomicInteger load(String node) {
        return callsUnderWay.computeIfAbsent(node, ignored -> new AtomicInteger());
    }
}
