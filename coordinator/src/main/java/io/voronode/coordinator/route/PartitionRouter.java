package io.voronode.coordinator.route;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc.PartitionServiceBlockingStub;
import io.voronode.proto.internal.v1.Position;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls partitions: their leader, or any replica, again and again until one answers or the caller's time is over. Who led
 * last is remembered; a node that says who leads is believed; one that is silent, cut off or does not hold the partition is
 * passed over for the next peer, and for a while asked last ({@link SilentNodes}). So many calls may wait so ({@link Repeaters}); others are refused as an overload. Any thread may call.
 *
 * <p>Every call must be safe to repeat: an attempt that was given up may still be carried out.
 */
public final class PartitionRouter {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionRouter.class);
    /** Who is asked to wait longer is told so: the client waits, not the coordinator with its request in memory. */
    private static final long LONGEST_PAUSE_MS = 500;

    private final Images images;
    private final Channels channels;
    private final ConcurrentHashMap<Integer, String> leaders = new ConcurrentHashMap<>();
    private final Repeaters repeaters = new Repeaters();
    private final SilentNodes silences = new SilentNodes(System::nanoTime);

    public PartitionRouter(Images images, Channels channels) {
        this.images = images;
        this.channels = channels;
    }

    /** One attempt at one node. */
    public interface Attempt<R> {
        R call(PartitionServiceBlockingStub stub);
    }

    /** Calls the leader. */
    public <R> R leader(int partition, Attempt<R> attempt) {
        return call(partition, true, attempt);
    }

    /**
     * Commits a barrier through the partition's log: its position is behind all that was acknowledged before the call. Fails UNAVAILABLE
     * without a majority.
     */
    public Position barrier(int partition) {
        return leader(partition, stub -> barrier(partition, stub));
    }

    /** The same, with one attempt at each node, the likeliest leader first; empty where none commits it. */
    public Optional<Position> tryBarrier(int partition) {
        for (String node : candidates(partition, true)) {
            try {
                return Optional.of(barrier(partition, stub(partition, node)));
            } catch (StatusRuntimeException | VoronodeException e) {
                LOG.debug("no barrier of partition {} from node {}", partition, node, e);
            }
        }
        return Optional.empty();
    }

    private static Position barrier(int partition, PartitionServiceBlockingStub stub) {
        return stub.barrier(BarrierRequest.newBuilder().setPartition(partition).build())
                .getPosition();
    }

    /** Calls any replica, each of the live ones as likely to be the first. */
    public <R> R anyReplica(int partition, Attempt<R> attempt) {
        return call(partition, false, attempt);
    }

    private <R> R call(int partition, boolean leader, Attempt<R> attempt) {
        try (Repeaters.Call call = repeaters.begin(partition, leader)) {
            return call(partition, leader, attempt, call);
        }
    }

    private <R> R call(int partition, boolean leader, Attempt<R> attempt, Repeaters.Call call) {
        Backoff backoff = new Backoff();
        List<String> candidates = new ArrayList<>();
        while (true) {
            if (candidates.isEmpty()) {
                candidates.addAll(candidates(partition, leader));
            }
            String node = candidates.isEmpty() ? null : candidates.removeFirst();
            VoronodeException failure;
            try {
                R answer = attempt.call(stub(partition, node));
                remember(partition, leader, node);
                call.succeeded();
                return answer;
            } catch (StatusRuntimeException | VoronodeException e) {
                failure = Statuses.fromGrpc(e);
            }
            note(partition, leader, node, failure);
            boolean pause = after(partition, leader, node, failure, candidates);
            if (CallTime.over()) {
                throw failure;
            }
            if (pause) {
                call.repeats();
                if (!backoff.pause(askedPauseMs(failure))) {
                    throw failure;
                }
            }
        }
    }

    private void remember(int partition, boolean leader, @Nullable String node) {
        if (node != null) {
            silences.answered(partition, leader, node);
            if (leader) {
                leaders.put(partition, node);
            }
        }
    }

    private void note(int partition, boolean leader, @Nullable String node, VoronodeException failure) {
        // Where the time of the caller is not over the attempt had all of its own.
        if (node != null && failure instanceof DeadlineExceeded && !CallTime.over()) {
            silences.silent(partition, leader, node);
        } else if (node != null && failure instanceof NotLeader) {
            silences.answered(partition, leader, node);
        }
    }

    /**
     * Decides what follows a failure: throws what no repetition heals, else puts the next candidate first.
     *
     * @return whether to pause before it
     */
    private boolean after(
            int partition, boolean leader, @Nullable String node, VoronodeException failure, List<String> candidates) {
        if (leader && node != null) {
            leaders.remove(partition, node);
        }
        if (failure instanceof NotLeader notLeader && notLeader.leader() != null) {
            follow(partition, notLeader.leader(), node, candidates);
            return true;
        }
        if (failure instanceof Conflict conflict && conflict.reason() == Reason.NOT_HOSTED) {
            images.tryRefresh();
            candidates.clear();
            return true;
        }
        if (askedPauseMs(failure) > LONGEST_PAUSE_MS) {
            throw failure;
        }
        boolean otherReplicaMayHelp = !leader && failure instanceof Corruption && !candidates.isEmpty();
        if (!failure.retryable() && !otherReplicaMayHelp) {
            throw failure;
        }
        if (failure instanceof Overload && leader && node != null) {
            candidates.addFirst(node);
            return true;
        }
        if (node == null) {
            images.tryRefresh();
        }
        return candidates.isEmpty();
    }

    /** Believes the hint, unless the node names itself or one that cannot be reached or has just been silent. */
    private void follow(int partition, String hint, @Nullable String from, List<String> candidates) {
        boolean reachable = images.current().rpcAddress(hint).isPresent() && !silences.isSilent(partition, true, hint);
        if (!hint.equals(from) && reachable) {
            candidates.remove(hint);
            candidates.addFirst(hint);
        }
    }

    private static long askedPauseMs(VoronodeException failure) {
        return failure instanceof Overload overload ? overload.retryDelay().toMillis() : 0;
    }

    private List<String> candidates(int partition, boolean leader) {
        ClusterImage image = images.current();
        if (partition >= image.partitions().size()) {
            return List.of();
        }
        List<String> nodes = new ArrayList<>();
        for (PartitionPeer peer : image.partitions().get(partition).getPeersList()) {
            if (!peer.getJoining() && image.rpcAddress(peer.getNode()).isPresent()) {
                nodes.add(peer.getNode());
            }
        }
        Collections.shuffle(nodes);
        if (leader) {
            String first = leaders.getOrDefault(
                    partition, image.partitions().get(partition).getPreferredLeader());
            if (nodes.remove(first)) {
                nodes.addFirst(first);
            }
        }
        // The order among the others stays.
        nodes.sort(Comparator.comparing(node -> silences.isSilent(partition, leader, node)));
        return nodes;
    }

    private PartitionServiceBlockingStub stub(int partition, @Nullable String node) {
        if (node == null) {
            throw new Unavailable("no live node is known to hold partition " + partition);
        }
        String address = images.current()
                .rpcAddress(node)
                .orElseThrow(() -> new Unavailable("node " + node + " is not known to live"));
        return PartitionServiceGrpc.newBlockingStub(channels.to(address))
                .withMaxOutboundMessageSize(Channels.MAX_INTERNAL_MESSAGE_BYTES)
                .withDeadlineAfter(CallTime.attemptMs(), TimeUnit.MILLISECONDS);
    }
}
