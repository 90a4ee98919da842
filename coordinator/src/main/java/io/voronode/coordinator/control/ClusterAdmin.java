package io.voronode.coordinator.control;

import io.voronode.coordinator.image.ClusterImages;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Move;
import io.voronode.proto.internal.v1.MovementMode;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.v1.RebalanceMode;
import io.voronode.proto.v1.RebalanceRequest;
import io.voronode.proto.v1.RebalanceResponse;
import io.voronode.proto.v1.ReplicaMove;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Reason;
import java.util.List;
import java.util.stream.Stream;

/** What users order of the cluster's shape. It is written into the tree; whoever controls carries it out. Any thread; blocks. */
final class ClusterAdmin {
    /** Slower, a scan would look as if its source hung. */
    private static final long MIN_SCAN_BYTES_PER_SECOND = 4L << 20;

    private final ClusterOrders orders;
    private final ClusterImages images;
    private final NodeProbe probe;

    ClusterAdmin(ClusterOrders orders, ClusterImages images, NodeProbe probe) {
        this.orders = orders;
        this.images = images;
        this.probe = probe;
    }

    // ---- nodes

    void drain(String node) {
        changeState(node, NodeAdminState.NODE_ADMIN_STATE_DRAINING);
    }

    void undrain(String node) {
        changeState(node, NodeAdminState.NODE_ADMIN_STATE_ACTIVE);
    }

    private void changeState(String node, NodeAdminState state) {
        requireKnown(images.refreshTree(), node);
        orders.changeNode(node, registration -> {
            if (registration.getState() == NodeAdminState.NODE_ADMIN_STATE_GONE) {
                throw refused("node \"" + node + "\" has been removed; its name does not return");
            }
            return in(registration, state);
        });
    }

    private static void requireKnown(TreeSnapshot tree, String node) {
        if (!tree.nodes().containsKey(node)) {
            throw new NotFound("there is no node \"" + node + "\"");
        }
    }

    private static NodeRegistration in(NodeRegistration registration, NodeAdminState state) {
        return registration.toBuilder().setState(state).build();
    }

    /**
     * Retires a name.
     *
     * @param lost whether the node has died with what it held
     */
    void remove(String node, boolean lost) {
        TreeSnapshot tree = images.refreshTree();
        requireKnown(tree, node);
        orders.changeNode(node, registration -> {
            if (registration.getState() != NodeAdminState.NODE_ADMIN_STATE_GONE) {
                if (lost) {
                    requireDead(tree, node);
                } else {
                    requireEmpty(
                            registration,
                            new Holdings(tree, probe.ask(tree.live().values())),
                            node);
                }
            }
            return in(registration, NodeAdminState.NODE_ADMIN_STATE_GONE);
        });
    }

    private static void requireDead(TreeSnapshot tree, String node) {
        if (tree.live().containsKey(node)) {
            throw refused("node \"" + node + "\" lives: stop it first, or drain it");
        }
    }

    private static void requireEmpty(NodeRegistration registration, Holdings holdings, String node) {
        if (registration.getState() != NodeAdminState.NODE_ADMIN_STATE_DRAINING) {
            throw refused("node \"" + node + "\" takes replicas: drain it first, or say that it is lost");
        }
        if (holdings.partitions(node) + holdings.shards(node) > 0) {
            throw refused("node \"" + node + "\" still holds " + holdings.text(node)
                    + ": wait until it is drained, or say that it is lost");
        }
    }

    private static Conflict refused(String why) {
        return new Conflict(Reason.NOT_POSSIBLE_NOW, why);
    }

    // ---- movement

    RebalanceResponse rebalance(RebalanceRequest request) {
        if (request.getScanBytesPerSecond() != 0 && request.getScanBytesPerSecond() < MIN_SCAN_BYTES_PER_SECOND) {
            throw new BadInput("scan_bytes_per_second " + request.getScanBytesPerSecond()
                    + " is neither 0 nor at least " + MIN_SCAN_BYTES_PER_SECOND);
        }
        MovementMode mode = internal(request.getMode());
        MovementSettings settings = request.getDryRun()
                ? images.refreshTree().movement()
                : orders.changeMovement(present -> changed(present, mode, request));
        TreeSnapshot tree = images.refreshTree();
        return RebalanceResponse.newBuilder()
                .setMode(mode(settings.getMode()))
                .setScanBytesPerSecond(settings.getScanBytesPerSecond())
                .addAllMoves(moves(tree, probe.ask(tree.live().values())))
                .build();
    }

    private static MovementSettings changed(MovementSettings present, MovementMode mode, RebalanceRequest request) {
        MovementSettings.Builder next = present.toBuilder();
        if (mode != MovementMode.MOVEMENT_MODE_UNSPECIFIED) {
            next.setMode(mode);
        }
        if (request.hasScanBytesPerSecond()) {
            next.setScanBytesPerSecond(request.getScanBytesPerSecond());
        }
        return next.build();
    }

    private static MovementMode internal(RebalanceMode mode) {
        return switch (mode) {
            case REBALANCE_MODE_UNSPECIFIED -> MovementMode.MOVEMENT_MODE_UNSPECIFIED;
            case REBALANCE_MODE_RUNNING -> MovementMode.MOVEMENT_MODE_RUNNING;
            case REBALANCE_MODE_PAUSED -> MovementMode.MOVEMENT_MODE_PAUSED;
            case REBALANCE_MODE_ABORTED -> MovementMode.MOVEMENT_MODE_ABORTED;
            case UNRECOGNIZED -> throw new BadInput("unknown mode of rebalancing");
        };
    }

    static RebalanceMode mode(MovementMode mode) {
        return switch (mode) {
            case MOVEMENT_MODE_UNSPECIFIED, MOVEMENT_MODE_RUNNING, UNRECOGNIZED -> RebalanceMode.REBALANCE_MODE_RUNNING;
            case MOVEMENT_MODE_PAUSED -> RebalanceMode.REBALANCE_MODE_PAUSED;
            case MOVEMENT_MODE_ABORTED -> RebalanceMode.REBALANCE_MODE_ABORTED;
        };
    }

    /** What would move if replicas did. */
    private static List<ReplicaMove> moves(TreeSnapshot tree, Reports reports) {
        List<Candidate> candidates = Pass.candidates(tree, reports);
        if (candidates.isEmpty()) {
            return List.of();
        }
        return Stream.of(
                        new PartitionGroups(tree, reports).plan(candidates),
                        new ShardGroups(tree, reports, candidates).plan())
                .flatMap(plan -> Stream.of(plan.needed(), plan.evening()))
                .flatMap(List::stream)
                .map(ClusterAdmin::message)
                .toList();
    }

    private static ReplicaMove message(Move move) {
        return ReplicaMove.newBuilder()
                .setGroup(move.group())
                .setFrom(move.from().orElse(""))
                .setTo(move.to())
                .setBytes(move.bytes())
                .build();
    }
}
