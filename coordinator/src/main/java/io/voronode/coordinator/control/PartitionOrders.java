package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc.PartitionServiceBlockingStub;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Commits control commands through the logs of partitions, and has their voters changed, in the name of one epoch. Finds the
 * leader by what nodes said last, then by asking; blocks until the command is applied. Any thread. Commands
 * are idempotent, so a repeated one does no harm.
 */
final class PartitionOrders {
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_ATTEMPTS = 6;

    private final Channels channels;
    private final FencedTree fence;
    private final Supplier<TreeSnapshot> tree;

    PartitionOrders(Channels channels, FencedTree fence, Supplier<TreeSnapshot> tree) {
        this.channels = channels;
        this.fence = fence;
        this.tree = tree;
    }

    /**
     * Has the command applied by a partition.
     *
     * @param reports tell who leads
     * @throws Deposed if a higher epoch has been seen there
     * @throws VoronodeException if no leader took it
     */
    void give(Reports reports, int partition, ControlCommand.Builder command) {
        ControlRequest request = ControlRequest.newBuilder()
                .setPartition(partition)
                .setCommand(command.setEpoch(fence.epoch()))
                .build();
        toLeader(reports, partition, stub -> stub.control(request));
    }

    /**
     * Has the leader of a partition begin to change who votes; returns when it has begun.
     *
     * @throws Deposed if a higher epoch has been seen there
     * @throws VoronodeException if no leader took it
     */
    void changePeers(Reports reports, ChangePeersRequest.Builder request) {
        ChangePeersRequest order = request.setEpoch(fence.epoch()).build();
        toLeader(reports, order.getPartition(), stub -> stub.changePeers(order));
    }

    private void toLeader(Reports reports, int partition, Consumer<PartitionServiceBlockingStub> call) {
        SequencedSet<String> nodes = new LinkedHashSet<>();
        reports.leaderNode(partition).ifPresent(nodes::add);
        holders(partition).forEach(nodes::add);
        VoronodeException failure = new Unavailable("no live node holds partition " + partition);
        for (int attempt = 0; attempt < MAX_ATTEMPTS && !nodes.isEmpty(); attempt++) {
            try {
                send(nodes.removeFirst(), call);
                return;
            } catch (NotLeader e) {
                failure = e;
                if (e.leader() != null && !e.leader().isEmpty()) {
                    nodes.addFirst(e.leader());
                }
            } catch (Unavailable e) {
                failure = e;
            }
        }
        throw failure;
    }

    private void send(String node, Consumer<PartitionServiceBlockingStub> call) {
        fence.requireLeading();
        NodeLiveness liveness = tree.get().live().get(node);
        if (liveness == null) {
            throw new Unavailable("node \"" + node + "\" is not live");
        }
        try {
            call.accept(PartitionServiceGrpc.newBlockingStub(
                            channels.to(liveness.getEndpoints().getRpc()))
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (RuntimeException e) {
            throw known(Statuses.fromGrpc(e));
        }
    }

    private static RuntimeException known(VoronodeException error) {
        if (error instanceof Conflict conflict) {
            if (conflict.reason() == Reason.STALE_EPOCH) {
                return new Deposed(conflict.toString());
            }
            if (conflict.reason() == Reason.NOT_HOSTED) {
                return new Unavailable(conflict.toString(), conflict);
            }
        }
        return error;
    }

    private Iterable<String> holders(int partition) {
        var target = tree.get().partitions().get(partition);
        return target == null ? new LinkedHashSet<>() : peers(target.value());
    }

    private static SequencedSet<String> peers(PartitionTarget target) {
        SequencedSet<String> nodes = new LinkedHashSet<>();
        for (PartitionPeer peer : target.getPeersList()) {
            nodes.add(peer.getNode());
        }
        return nodes;
    }
}
