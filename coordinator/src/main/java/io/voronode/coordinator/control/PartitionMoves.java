package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Move;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas of partitions: from nodes that are drained, have been removed or stay away, and from full nodes to those that have less. One
 * voter more, then one less, so that never fewer copies are left than before and none votes before it is filled.
 *
 * <pre>
 *   {A, B, C} ──begin──► {A, B, C, D joining} ──{@link ReplicationGrowth}──► {A, B, C, D} ──order: go on without A──► {B, C, D}
 *   {A}       ──begin──► {A, B joining} ──────────────────────────────────► {A, B} ──B leads, order──► {B}
 * </pre>
 *
 * <ol>
 *   <li>Begin: the target gets one more peer, joining, on the node that {@link Placement} says; who is to leave is no longer the preferred leader.
 *   <li>Order: a target with an even number of peers that are more than there are nodes for has one too many ({@link Placement#surplus}). Its
 *       leader is told to go on without it, once all others hold the partition, and once it does not lead itself or has had its time to give
 *       the lead away. Nodes that are away count as there, so that a copy is never given up because others were lost.
 *   <li>Settle: the leader reports one voter less than the target has, so the target follows, whichever it is. Then the node is told that it has
 *       left ({@link Assignments}), and deletes its files.
 * </ol>
 *
 * Of a partition whose majority is away nothing changes, for it has no leader. At most {@value #MAX_UNDER_WAY} partitions are changed at the
 * same time. Used by the controller's thread only; what it remembers is for patience.
 */
final class PartitionMoves implements ClusterStep {
    static final int MAX_UNDER_WAY = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PartitionMoves.class);
    private static final long HAND_OVER_MS = 15_000;

    private final int replication;
    private final VoterOrders orders = new VoterOrders();
    private final Map<Integer, Long> surplusSinceMs = new HashMap<>();

    /** With the replication that is wanted. */
    PartitionMoves(int replication) {
        this.replication = replication;
    }

    @Override
    public void run(Pass pass) {
        pass.tree().partitions().values().forEach(target -> shrink(pass, target));
        long room = MAX_UNDER_WAY - underWay(pass);
        if (room > 0 && pass.absences().settled()) {
            Movement.due(pass, groups(pass).plan(pass.candidates())).stream()
                    .limit(room)
                    .forEach(move -> begin(pass, move));
        }
    }

    @Override
    public void forget() {
        surplusSinceMs.clear();
        orders.forget();
    }

    private static PartitionGroups groups(Pass pass) {
        return new PartitionGroups(pass.tree(), pass.reports());
    }

    private static long underWay(Pass pass) {
        return pass.tree().partitions().values().stream()
                .map(Versioned::value)
                .filter(target -> Peers.joining(target).isPresent() || target.getPeersCount() % 2 == 0)
                .count();
    }

    // ---- begin

    private static void begin(Pass pass, Move move) {
        pass.tree().partitions().values().stream()
                .filter(target ->
                        PartitionGroups.name(target.value().getPartition()).equals(move.group()))
                .forEach(target -> begin(pass, target, move));
    }

    private static void begin(Pass pass, Versioned<PartitionTarget> target, Move move) {
        int partition = target.value().getPartition();
        Optional<PartitionPeer> joining = Peers.joiningOn(pass, move.to(), partition);
        if (joining.isEmpty()) {
            return;
        }
        PartitionTarget.Builder next = target.value().toBuilder().addPeers(joining.get());
        Stream<String> staying =
                Peers.nodes(next.build()).stream().filter(node -> !move.from().equals(Optional.of(node)));
        LOG.info(
                "partition {} moves from node \"{}\" to node \"{}\"",
                partition,
                move.from().orElse(""),
                move.to());
        pass.retarget(target, Leaders.ensure(pass, next, staying.toList()), "moving");
    }

    // ---- order and settle

    private void shrink(Pass pass, Versioned<PartitionTarget> versioned) {
        PartitionTarget target = versioned.value();
        if (Peers.joining(target).isPresent()
                || Peers.lost(pass.reports(), target).isPresent()) {
            return;
        }
        Set<String> voters = pass.reports().voters(target.getPartition());
        if (isOneLess(voters, target)) {
            settle(pass, versioned, voters);
        } else if (Peers.votersAreAsTarget(pass.reports(), target) && hasSurplus(pass, target)) {
            order(pass, target);
        }
    }

    private static boolean isOneLess(Set<String> voters, PartitionTarget target) {
        List<String> ids = Peers.voterIds(target);
        return !voters.isEmpty() && voters.size() == ids.size() - 1 && ids.containsAll(voters);
    }

    private boolean hasSurplus(Pass pass, PartitionTarget target) {
        int peers = target.getPeersCount();
        if (peers % 2 != 0) {
            surplusSinceMs.remove(target.getPartition());
            return false;
        }
        return peers > replication || (pass.absences().settled() && peers > pass.possibleReplication(replication));
    }

    private void order(Pass pass, PartitionTarget target) {
        pass.lookAgainSoon();
        int partition = target.getPartition();
        long since = surplusSinceMs.computeIfAbsent(partition, ignored -> pass.tickMs());
        boolean handedOver = pass.tickMs() - since >= HAND_OVER_MS;
        Optional<PartitionPeer> leaves = leaves(pass, target);
        if (leaves.isEmpty() || !othersHoldIt(pass, target, leaves.get())) {
            return;
        }
        boolean leads = pass.reports()
                .leaderNode(partition)
                .equals(Optional.of(leaves.get().getNode()));
        if (!leads || handedOver) {
            orders.send(pass, target, without(pass, target, leaves.get()));
        }
    }

    /** While somebody is away that may come back, it counts as there; else it is the first to go, for all others are copies. */
    private static Optional<PartitionPeer> leaves(Pass pass, PartitionTarget target) {
        boolean settled = pass.absences().settled();
        Optional<PartitionPeer> gone = settled ? Peers.silent(pass.reports(), target) : Optional.empty();
        return gone.or(() -> groups(pass).surplus(settled ? pass.candidates() : Pass.active(pass.tree()), target));
    }

    private static boolean othersHoldIt(Pass pass, PartitionTarget target, PartitionPeer leaves) {
        return target.getPeersList().stream()
                .filter(peer -> !peer.equals(leaves))
                .allMatch(peer -> pass.reports()
                        .replica(peer.getNode(), target.getPartition())
                        .filter(replica -> replica.getFailure().isEmpty())
                        .isPresent());
    }

    private static PartitionTarget without(Pass pass, PartitionTarget target, PartitionPeer leaves) {
        List<PartitionPeer> staying = target.getPeersList().stream()
                .filter(peer -> !peer.equals(leaves))
                .toList();
        return Leaders.ensure(
                pass,
                target.toBuilder().clearPeers().addAllPeers(staying),
                staying.stream().map(PartitionPeer::getNode).toList());
    }

    private void settle(Pass pass, Versioned<PartitionTarget> versioned, Set<String> voters) {
        PartitionTarget target = versioned.value();
        PartitionPeer left = target.getPeersList().stream()
                .filter(peer -> !voters.contains(peer.getPeerId()))
                .findFirst()
                .orElseThrow();
        orders.forget(target.getPartition());
        surplusSinceMs.remove(target.getPartition());
        LOG.info("partition {} goes on without the peer on node \"{}\"", target.getPartition(), left.getNode());
        pass.retarget(versioned, without(pass, target, left), "counting the peers of");
    }
}
