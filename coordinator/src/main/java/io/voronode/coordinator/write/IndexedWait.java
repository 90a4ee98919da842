package io.voronode.coordinator.write;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until searches see what was written: one live replica of each shard of the serving generation that gained or lost a
 * record has made it visible. When the serving generation changes meanwhile, the wait begins again with the new one. Waiting takes no
 * part in the admission of requests: what bounds it is the number of writes that are waited for.
 */
final class IndexedWait {
    private static final Logger LOG = LoggerFactory.getLogger(IndexedWait.class);
    /** Of all callers together; a call writes 10 000 records at most. */
    private static final int MAX_WRITES = 50_000;

    private final Images images;
    private final Channels channels;
    private final ShardReplicas replicas;
    private final Semaphore room = new Semaphore(MAX_WRITES);

    IndexedWait(Images images, Channels channels, ShardReplicas replicas) {
        this.images = images;
        this.channels = channels;
        this.replicas = replicas;
    }

    /** Whether all of it is visible; false when the time is over before, or others wait for too much already. */
    boolean await(CollectionImage collection, List<Applied> applied) {
        if (applied.isEmpty()) {
            return true;
        }
        if (!room.tryAcquire(applied.size())) {
            return false;
        }
        try {
            return awaitServing(collection, applied);
        } catch (NotFound e) {
            LOG.debug("the collection was dropped while a write waited for its index", e);
            return false;
        } finally {
            room.release(applied.size());
        }
    }

    private boolean awaitServing(CollectionImage collection, List<Applied> applied) {
        Backoff backoff = new Backoff();
        CollectionImage serving = images.same(collection);
        Waiting waiting = new Waiting(serving, applied);
        while (!waiting.done()) {
            boolean asked = waiting.round();
            if (waiting.done()) {
                return true;
            }
            if (!asked) {
                images.tryRefresh();
            }
            if (!backoff.pause()) {
                return false;
            }
            CollectionImage now = images.same(collection);
            waiting = now.serving() == serving.serving() ? waiting.with(now) : new Waiting(now, applied);
            serving = now;
        }
        return true;
    }

    /** What is still awaited in one generation; of one thread. */
    private final class Waiting {
        private final CollectionImage collection;
        private final Collection<Position> positions;
        private final Set<Integer> shards;
        private final Map<Integer, Set<String>> tried = new HashMap<>();

        Waiting(CollectionImage collection, List<Applied> applied) {
            this(collection, new ArrayList<>(), new TreeSet<>());
            Map<Integer, Position> highest = new TreeMap<>();
            for (Applied write : applied) {
                Set<Integer> touched = write.shards(collection.serving());
                shards.addAll(touched);
                if (!touched.isEmpty()) {
                    Position position = write.position();
                    highest.merge(position.getPartition(), position, (a, b) -> a.getIndex() >= b.getIndex() ? a : b);
                }
            }
            positions.addAll(highest.values());
        }

        private Waiting(CollectionImage collection, Collection<Position> positions, Set<Integer> shards) {
            this.collection = collection;
            this.positions = positions;
            this.shards = shards;
        }

        Waiting with(CollectionImage now) {
            Waiting waiting = new Waiting(now, positions, shards);
            waiting.tried.putAll(tried);
            return waiting;
        }

        boolean done() {
            return shards.isEmpty();
        }

        /** Asks one replica of each awaited shard; whether there was any to ask. */
        boolean round() {
            Map<String, List<Integer>> byNode = byNode();
            List<Map.Entry<String, List<Integer>>> calls = new ArrayList<>(byNode.entrySet());
            Fanout.map(calls, call -> visible(call.getKey(), call.getValue())).forEach(shards::removeAll);
            return !calls.isEmpty();
        }

        private Map<String, List<Integer>> byNode() {
            Map<String, List<Integer>> byNode = new TreeMap<>();
            List<ShardReplicas.Wanted> wanted = shards.stream()
                    .map(shard -> new ShardReplicas.Wanted(
                            collection.servingGeneration().shards().get(shard), tried.getOrDefault(shard, Set.of())))
                    .toList();
            Map<Integer, String> chosen =
                    replicas.choose(images.current(), collection.spec().getUuid(), collection.serving(), wanted);
            for (int shard : shards) {
                String node = chosen.get(shard);
                if (node == null) {
                    tried.remove(shard);
                } else {
                    tried.computeIfAbsent(shard, ignored -> new HashSet<>()).add(node);
                    byNode.computeIfAbsent(node, ignored -> new ArrayList<>()).add(shard);
                }
            }
            return byNode;
        }

        private List<Integer> visible(String node, List<Integer> asked) {
            AwaitVisibleRequest request = AwaitVisibleRequest.newBuilder()
                    .setCollectionUuid(collection.spec().getUuid())
                    .setGeneration(collection.serving())
                    .addAllShards(asked)
                    .addAllPositions(positions)
                    .build();
            try {
                String address = images.current().rpcAddress(node).orElse("");
                return address.isEmpty()
                        ? List.of()
                        : ShardServiceGrpc.newBlockingStub(channels.to(address))
                                .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS)
                                .awaitVisible(request)
                                .getVisibleList();
            } catch (StatusRuntimeException e) {
                LOG.debug("node {} does not tell whether a write is visible", node, e);
                return List.of();
            }
        }
    }
}
