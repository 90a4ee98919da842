package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionTarget;
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
    private final long tickMs;
    private final Absences.Verdict absences;
    private final boolean calm;
    private boolean busy;

    /** What one look found, at one moment of the wall clock and of a clock that only moves forward. */
    Pass(
            FencedTree fence,
            TreeSnapshot tree,
            Reports reports,
            PartitionOrders orders,
            Absences.Verdict absences,
            boolean calm,
            long nowMs,
            long tickMs) {
        this.fence = fence;
        this.tree = tree;
        this.reports = reports;
        this.orders = orders;
        this.absences = absences;
        this.calm = calm;
        this.nowMs = nowMs;
        this.tickMs = tickMs;
    }

    /** The same of these reports alone. */
    Pass of(Reports some) {
        return new Pass(fence, tree, some, orders, absences, calm, nowMs, tickMs);
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

    /** The wall clock: only for times that are written into the tree, where another controller reads them. */
    long nowMs() {
        return nowMs;
    }

    /** A clock that only moves forward, for this controller's own patience. */
    long tickMs() {
        return tickMs;
    }

    /** What is to be made of the nodes that do not answer. */
    Absences.Verdict absences() {
        return absences;
    }

    /** Whether the same nodes have answered for a while. */
    boolean isCalm() {
        return calm;
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
        return candidates(tree, reports);
    }

    static List<Candidate> candidates(TreeSnapshot tree, Reports reports) {
        return active(tree).stream()
                .filter(candidate -> reports.byNode().containsKey(candidate.node()))
                .toList();
    }

    /** Nodes that take replicas, whether or not they answer. */
    static List<Candidate> active(TreeSnapshot tree) {
        return tree.nodes().values().stream()
                .filter(node -> node.getState() == NodeAdminState.NODE_ADMIN_STATE_ACTIVE)
                .map(node -> new Candidate(node.getNode(), node.getZone()))
                .toList();
    }

    /** How many replicas of a partition there can be on the nodes that take them, whether or not they answer. */
    int possibleReplication(int wanted) {
        return Placement.effectiveReplication(wanted, active(tree).size());
    }

    /** Nodes that are live by the tree. */
    List<NodeLiveness> liveNodes() {
        return List.copyOf(tree.live().values());
    }

    /** Says who shall hold a partition from now on. */
    void retarget(Versioned<PartitionTarget> target, PartitionTarget next, String what) {
        fence.change()
                .replace(paths().partitionTarget(next.getPartition()), target.version(), next)
                .commit(what + " partition " + next.getPartition());
        lookAgainSoon();
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
