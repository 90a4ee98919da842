package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.wire.ClusterTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * One look of the controller at the cluster: the tree, what the nodes say, and the means to change things. Made new for each pass and
 * used by the controller's thread only.
 */
final class Pass {
    private final FencedTree fence;
    private final TreeSnapshot tree;
    private final Reports reports;
    private final PartitionOrders orders;
    private final long nowMs;
    private boolean busy;

    Pass(FencedTree fence, TreeSnapshot tree, Reports reports, PartitionOrders orders, long nowMs) {
        this.fence = fence;
        this.tree = tree;
        this.reports = reports;
        this.orders = orders;
        this.nowMs = nowMs;
    }

    TreeSnapshot tree() {
        return tree;
    }

    Reports reports() {
        return reports;
    }

    PartitionOrders orders() {
        return orders;
    }

    FencedTree fence() {
        return fence;
    }

    ClusterTree paths() {
        return fence.paths();
    }

    /** The controller's clock; used for patience only, never for order. */
    long nowMs() {
        return nowMs;
    }

    /** Something is under way: look again soon. */
    void lookAgainSoon() {
        busy = true;
    }

    boolean busy() {
        return busy;
    }

    /** Nodes that replicas may be placed on: they take them, live, and have answered. */
    List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (NodeRegistration node : tree.nodes().values()) {
            if (node.getState() == NodeAdminState.NODE_ADMIN_STATE_ACTIVE
                    && reports.byNode().containsKey(node.getNode())) {
                candidates.add(new Candidate(node.getNode(), node.getZone()));
            }
        }
        return candidates;
    }

    /** Nodes that are live by the tree. */
    List<NodeLiveness> liveNodes() {
        return List.copyOf(tree.live().values());
    }

    /** Gives an order to every partition that needs it, at once; fails if one of them did not take it. */
    void order(IntPredicate needed, Supplier<ControlCommand.Builder> command) {
        List<Runnable> calls = new ArrayList<>();
        for (int partition = 0; partition < tree.partitionCount(); partition++) {
            if (needed.test(partition)) {
                int number = partition;
                calls.add(() -> orders.give(reports, number, command.get()));
            }
        }
        if (!calls.isEmpty()) {
            fence.requireLeading();
            Parallel.runAll(calls);
        }
    }
}
