package io.voronode.coordinator.route;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc.PartitionServiceBlockingStub;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls partitions: their leader, or any replica, again and again until one answers or the caller's time is over. Who led
 * last is remembered; a node that says who leads is believed; one that is silent, cut off or does not hold the partition is
 * passed over for the next peer. Any thread may call.
 *
 * <p>Every call must be safe to repeat: an attempt that was given up may still be carried out.
 */
public final class PartitionRouter {
    private final Images images;
    private final Channels channels;
    private final ConcurrentHashMap<Integer, String> leaders = new ConcurrentHashMap<>();

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

    /** Calls any replica, each of the live ones as likely to be the first. */
    public <R> R anyReplica(int partition, Attempt<R> attempt) {
        return call(partition, false, attempt);
    }

    private <R> R call(int partition, boolean leader, Attempt<R> attempt) {
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
                return answer;
            } catch (StatusRuntimeException | VoronodeException e) {
                failure = Statuses.fromGrpc(e);
            }
            boolean pause = after(partition, leader, node, failure, candidates);
            if (CallTime.over() || (pause && !backoff.pause(askedPauseMs(failure)))) {
                throw failure;
            }
        }
    }

    private void remember(int partition, boolean leader, @Nullable String node) {
        if (leader && node != null) {
            leaders.put(partition, node);
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
            follow(notLeader.leader(), node, candidates);
            return true;
        }
        if (failure instanceof Conflict conflict && conflict.reason() == Reason.NOT_HOSTED) {
            images.tryRefresh();
            candidates.clear();
            return true;
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

    /** Believes the hint, unless the node names itself or one that cannot be reached. */
    private void follow(String hint, @Nullable String from, List<String> candidates) {
        if (!hint.equals(from) && images.current().rpcAddress(hint).isPresent()) {
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
