package io.voronode.coordinator.gather;

import io.voronode.coordinator.gather.NodeCall.Answer;
import io.voronode.coordinator.gather.NodeCall.Answered;
import io.voronode.coordinator.gather.NodeCall.Failed;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.route.ShardReplicas.Replica;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.v1.Filter;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.TooLarge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends the waves of one search in one generation and takes the answers. In a round every unanswered probe goes to a
 * replica of its shard that has not been tried; probes for one node travel together. A node that takes long is not waited for where another
 * answers sooner ({@link HedgedCall}). When every replica has been tried the image
 * is refreshed and all are tried again: once where the caller is content with what has been scanned, else until half of the time
 * is used. Nodes that have too much to do are left alone as long as they ask for. Used by one thread.
 */
final class Scatter {
    private final Images images;
    private final Channels channels;
    private final ShardReplicas replicas;
    private final Demand demand;
    private final long giveUpLeftMs;
    private final List<Position> seen = new ArrayList<>();
    private CollectionImage collection;
    /** What overloaded nodes asked for since all were asked last. */
    private long askedPauseMs;

    private long lagMs;
    private boolean someWereBehind;
    private boolean begun;

    /**
     * What is asked of a search.
     *
     * @param atLeast what the searched replicas must contain
     * @param exact whether the vectors themselves are compared
     * @param ef how wide graphs are walked; 0 for what the shard takes for best
     * @param minCoverage share of the cells that must be scanned
     * @param filter which records may be hits; null for all
     * @param nowMs the time of the search: records that have expired by then are no hits
     * @param background whether nobody waits for it
     * @param ordinary whether its first wave, for one query, takes about as long as that of any other
     */
    record Demand(
            List<Position> atLeast,
            boolean withPayload,
            boolean exact,
            int ef,
            double minCoverage,
            @Nullable Filter filter,
            long nowMs,
            boolean background,
            boolean ordinary) {}

    /** How a wave ended. */
    enum Outcome {
        /** Every probe is answered, or given up and counted as not covered. */
        DONE,
        /** The generation has ended or serves no more: search another. */
        GENERATION_ENDED
    }

    Scatter(Images images, Channels channels, ShardReplicas replicas, CollectionImage collection, Demand demand) {
        this.images = images;
        this.channels = channels;
        this.replicas = replicas;
        this.collection = collection;
        this.demand = demand;
        this.giveUpLeftMs = CallTime.leftMs() / 2;
    }

    /** Runs one wave. */
    Outcome run(List<Probe> probes) {
        boolean ordinary = demand.ordinary()
                && !begun
                && probes.stream().map(Probe::scan).distinct().count() == 1;
        NodeCall.Wave wave = new NodeCall.Wave(collection.spec().getUuid(), collection.serving(), demand, ordinary);
        begun = true;
        List<Probe> pending = probes;
        Map<Integer, Set<String>> tried = new HashMap<>();
        Backoff backoff = new Backoff();
        boolean refreshed = false;
        while (!pending.isEmpty()) {
            List<NodeCall> calls = calls(pending, tried);
            if (calls.isEmpty()) {
                boolean enough = refreshed && content(pending);
                if (enough || CallTime.leftMs() <= giveUpLeftMs || !backoff.pause(askedPauseMs)) {
                    return Outcome.DONE;
                }
                if (!refresh()) {
                    return Outcome.GENERATION_ENDED;
                }
                refreshed = true;
                askedPauseMs = 0;
                tried.clear();
                continue;
            }
            List<HedgedCall> hedged = calls.stream()
                    .map(call ->
                            new HedgedCall(wave, channels, replicas, call, ordinary ? others(call, tried) : List.of()))
                    .toList();
            Round round = new Round(pending, calls);
            for (HedgedCall.Outcome outcome : Fanout.map(hedged, HedgedCall::send)) {
                outcome.answers().forEach(round::take);
                outcome.alsoTried()
                        .forEach(call -> call.probes()
                                .forEach(probe -> tried.computeIfAbsent(probe.shard(), ignored -> new HashSet<>())
                                        .add(call.node())));
            }
            if (round.ended) {
                return Outcome.GENERATION_ENDED;
            }
            pending = round.unanswered;
        }
        return Outcome.DONE;
    }

    /** Up to where the answers showed records. */
    List<Position> seen() {
        return seen;
    }

    /** Whether a replica did not catch up with what it must contain. */
    boolean someWereBehind() {
        return someWereBehind;
    }

    /** How far behind the rows the most behind of the answers may be. */
    long lagMs() {
        return lagMs;
    }

    private List<NodeCall> calls(List<Probe> pending, Map<Integer, Set<String>> tried) {
        ClusterImage image = images.current();
        Map<Integer, String> chosen = choose(image, pending, tried);
        Map<String, List<Probe>> byNode = new TreeMap<>();
        for (Probe probe : pending) {
            String node = chosen.get(probe.shard());
            if (node == null) {
                noReplica(probe, tried);
            } else {
                byNode.computeIfAbsent(node, ignored -> new ArrayList<>()).add(probe);
            }
        }
        chosen.forEach((shard, node) ->
                tried.computeIfAbsent(shard, ignored -> new HashSet<>()).add(node));
        return calls(image, byNode);
    }

    private static List<NodeCall> calls(ClusterImage image, Map<String, List<Probe>> byNode) {
        List<NodeCall> calls = new ArrayList<>();
        byNode.forEach((node, probes) ->
                image.rpcAddress(node).ifPresent(address -> calls.add(new NodeCall(node, address, probes))));
        return calls;
    }

    /** Calls for the same probes to replicas that have not been tried; none where a shard has no further one. */
    private List<NodeCall> others(NodeCall call, Map<Integer, Set<String>> tried) {
        ClusterImage image = images.current();
        Map<Integer, String> chosen = choose(image, call.probes(), tried);
        Map<String, List<Probe>> byNode = new TreeMap<>();
        for (Probe probe : call.probes()) {
            String node = chosen.get(probe.shard());
            if (node == null) {
                return List.of();
            }
            byNode.computeIfAbsent(node, ignored -> new ArrayList<>()).add(probe);
        }
        return calls(image, byNode);
    }

    /** The next nodes to be asked, by shard. */
    private Map<Integer, String> choose(ClusterImage image, List<Probe> probes, Map<Integer, Set<String>> tried) {
        List<ShardReplicas.Wanted> wanted = probes.stream()
                .mapToInt(Probe::shard)
                .distinct()
                .mapToObj(shard -> new ShardReplicas.Wanted(
                        collection.servingGeneration().shards().get(shard), tried.getOrDefault(shard, Set.of())))
                .toList();
        return replicas.choose(image, collection.spec().getUuid(), collection.serving(), wanted);
    }

    private static void noReplica(Probe probe, Map<Integer, Set<String>> tried) {
        if (tried.getOrDefault(probe.shard(), Set.of()).isEmpty()) {
            probe.scan().missing(probe.shard(), new Missing("no replica is on a live node", null));
        }
    }

    /** Whether the caller accepts that these probes are not answered. */
    private boolean content(List<Probe> pending) {
        return pending.stream().allMatch(probe -> probe.scan().share() >= demand.minCoverage());
    }

    /** Whether the generation still serves; takes over where its replicas are now. */
    private boolean refresh() {
        images.tryRefresh();
        CollectionImage now = images.same(collection);
        boolean same = now.serving() == collection.serving();
        collection = same ? now : collection;
        return same;
    }

    /** The answers of one round. */
    private final class Round {
        private final List<Probe> unanswered;
        private boolean ended;

        Round(List<Probe> pending, List<NodeCall> calls) {
            Set<Probe> sent = new HashSet<>();
            calls.forEach(call -> sent.addAll(call.probes()));
            this.unanswered = new ArrayList<>(
                    pending.stream().filter(probe -> !sent.contains(probe)).toList());
        }

        void take(Answer answer) {
            switch (answer) {
                case Answered answered -> take(answered.call(), answered.response());
                case Failed failed -> {
                    if (failed.failure() instanceof TooLarge tooLarge) {
                        throw tooLarge;
                    }
                    Missing why = Missing.of(failed.call().node(), failed.failure());
                    failed.call().probes().forEach(probe -> unanswered(probe, failed.call(), why));
                }
            }
        }

        private void take(NodeCall call, SearchResponse response) {
            for (int i = 0; i < call.probes().size(); i++) {
                Probe probe = call.probes().get(i);
                ProbeResult result = response.getResults(i);
                if (result.getCode() == ProbeCode.PROBE_CODE_OK) {
                    probe.scan().take(probe, result, call.node());
                } else {
                    ended |= result.getCode() == ProbeCode.PROBE_CODE_GENERATION_ENDED;
                    someWereBehind |= result.getCode() == ProbeCode.PROBE_CODE_BEHIND;
                    unanswered(probe, call, new Missing("node " + call.node() + ": " + reason(result), null));
                }
            }
            seen.addAll(response.getSeenList());
            lagMs = Math.max(lagMs, response.getLagMs());
        }

        private static String reason(ProbeResult result) {
            String code = result.getCode().name().replace("PROBE_CODE_", "");
            return result.getMessage().isEmpty() ? code : code + ", " + result.getMessage();
        }

        private void unanswered(Probe probe, NodeCall call, Missing why) {
            if (why.overload() != null) {
                // It serves as well as the others, which would have its searches, too, if it rested.
                askedPauseMs =
                        Math.max(askedPauseMs, why.overload().retryDelay().toMillis());
            } else if (!CallTime.over()) {
                replicas.rest(
                        new Replica(collection.spec().getUuid(), collection.serving(), probe.shard(), call.node()));
            }
            probe.scan().missing(probe.shard(), why);
            unanswered.add(probe);
        }
    }
}
