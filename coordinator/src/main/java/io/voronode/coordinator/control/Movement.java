package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.placement.Placement.Move;
import io.voronode.coordinator.placement.Placement.Plan;
import io.voronode.proto.internal.v1.MovementMode;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeRegistration;
import java.util.List;

/** What users ordered of movement. Pure. */
final class Movement {
    private Movement() {}

    static MovementMode mode(TreeSnapshot tree) {
        MovementMode mode = tree.movement().getMode();
        return mode == MovementMode.MOVEMENT_MODE_UNSPECIFIED ? MovementMode.MOVEMENT_MODE_RUNNING : mode;
    }

    static boolean aborted(TreeSnapshot tree) {
        return mode(tree) == MovementMode.MOVEMENT_MODE_ABORTED;
    }

    /**
     * The moves to be made next: first what is needed, then what evens out, where the same nodes have
     * answered for a while; of these none, and of those none from drained nodes, unless replicas move.
     */
    static List<Move> due(Pass pass, Plan plan) {
        TreeSnapshot tree = pass.tree();
        if (mode(tree) != MovementMode.MOVEMENT_MODE_RUNNING) {
            return plan.needed().stream()
                    .filter(move ->
                            move.from().filter(node -> isDraining(tree, node)).isEmpty())
                    .toList();
        }
        return plan.needed().isEmpty() && pass.isCalm() && isWeighed(pass) ? plan.evening() : plan.needed();
    }

    /** What a partition weighs its leader says: without one it would look empty. */
    private static boolean isWeighed(Pass pass) {
        return pass.tree().partitions().keySet().stream()
                .allMatch(partition -> pass.reports().leader(partition).isPresent());
    }

    private static boolean isDraining(TreeSnapshot tree, String node) {
        NodeRegistration registration = tree.nodes().get(node);
        return registration != null && registration.getState() == NodeAdminState.NODE_ADMIN_STATE_DRAINING;
    }
}
