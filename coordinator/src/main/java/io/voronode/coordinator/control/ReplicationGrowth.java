package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.FenceOrder;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives partitions more voters when nodes have come: a cluster that began on one node comes to the replication that is wanted without
 * anyone's order. Voters are added one at a time; each step follows from the target and from what the nodes say.
 *
 * <pre>
 *   {A} ──add──► {A, B joining} ──B has opened the group: order──► the leader fills B and counts it ──settle──► {A, B}
 *                       │
 *                       └──B stays away──► {A}, and another try
 * </pre>
 *
 * <ol>
 *   <li>Add: the target gets one more peer, which is joining. Begun only while no node is away that may come back, and while fewer than {@value
 *       #MAX_UNDER_WAY} partitions are under way, so that filling peers does not swamp the cluster.
 *   <li>Order: once the new peer's node has opened the group, the leader is told to make it a voter; again and again until it is.
 *   <li>Settle: when the leader reports it among its voters it is no longer joining. In a group of an even number the loss of any one of
 *       half its voters stops it, so the same write adds the next peer.
 * </ol>
 *
 * Voters are never removed here, but by {@link PeerReplacement} and {@link PartitionMoves}, which leave joining to this. Used by the controller's thread only; what it
 * remembers is for patience.
 */
final class ReplicationGrowth implements ClusterStep {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationGrowth.class);
    private static final int MAX_UNDER_WAY = 2;

    private final int replication;
    private final Duration patience;
    private final VoterOrders orders = new VoterOrders();
    private final Map<Integer, Long> awaitedSinceMs = new HashMap<>();

    /**
     * Up to the replication wanted, as far as there are nodes.
     *
     * @param patience how long a node that should join may be away or fail before another is tried
     */
    ReplicationGrowth(int replication, Duration patience) {
        this.replication = replication;
        this.patience = patience;
    }

    @Override
    public void run(Pass pass) {
        Collection<Versioned<PartitionTarget>> targets =
                pass.tree().partitions().values();
        int underWay = 0;
        for (Versioned<PartitionTarget> target : targets) {
            if (isUnderWay(pass, target.value())) {
                underWay++;
                advance(pass, target);
            }
        }
        if (!pass.absences().settled()) {
            return;
        }
        int possible =
                Placement.effectiveReplication(replication, pass.candidates().size());
        for (Versioned<PartitionTarget> target : targets) {
            if (underWay < MAX_UNDER_WAY
                    && !isUnderWay(pass, target.value())
                    && target.value().getPeersCount() < possible
                    && add(pass, target)) {
                underWay++;
            }
        }
    }

    @Override
    public void forget() {
        awaitedSinceMs.clear();
        orders.forget();
    }

    private boolean isUnderWay(Pass pass, PartitionTarget target) {
        return Peers.joining(target).isPresent() || isHalfWay(pass, target);
    }

    /** Else it has an even number of peers because one is to go. */
    private boolean isHalfWay(Pass pass, PartitionTarget target) {
        return target.getPeersCount() % 2 == 0 && target.getPeersCount() < pass.possibleReplication(replication);
    }

    private void advance(Pass pass, Versioned<PartitionTarget> target) {
        int partition = target.value().getPartition();
        Set<String> voters = pass.reports().voters(partition);
        Optional<PartitionPeer> joining = Peers.joining(target.value());
        if (joining.isEmpty()) {
            add(pass, target);
        } else if (voters.contains(joining.get().getPeerId())) {
            settle(pass, target);
        } else if (!voters.isEmpty() && isAborted(pass, target.value())) {
            withdraw(pass, target);
        } else if (hasOpened(pass, joining.get(), partition)) {
            awaitedSinceMs.remove(partition);
            orders.send(pass, target.value(), target.value());
        } else if (!voters.isEmpty() && isGivenUp(pass, joining.get(), partition)) {
            withdraw(pass, target);
        }
    }

    // ---- add

    /** Whether there was a node to add. */
    private boolean add(Pass pass, Versioned<PartitionTarget> target) {
        if (!Peers.votersAreAsTarget(pass.reports(), target.value())) {
            return false;
        }
        Optional<PartitionTarget> next = withOneMore(pass, target.value());
        next.ifPresent(wanted -> pass.retarget(target, wanted, "adding a peer to"));
        return next.isPresent();
    }

    private Optional<PartitionTarget> withOneMore(Pass pass, PartitionTarget target) {
        Set<String> present = Set.copyOf(Peers.nodes(target));
        return placed(pass, target).stream()
                .filter(node -> !present.contains(node))
                .flatMap(node -> Peers.joiningOn(pass, node, target.getPartition()).stream())
                .findFirst()
                .map(peer -> spread(target.toBuilder().addPeers(peer)));
    }

    /** Leaders are spread as at the birth of a cluster, once the number of voters is one that stays. */
    private static PartitionTarget spread(PartitionTarget.Builder target) {
        int peers = target.getPeersCount();
        if (peers % 2 != 0) {
            target.setPreferredLeader(
                    target.getPeers(target.getPartition() % peers).getNode());
        }
        return target.build();
    }

    /** Where the peers of a partition would be if all partitions grew at once, so that they spread evenly. */
    private List<String> placed(Pass pass, PartitionTarget wanted) {
        List<Candidate> candidates = pass.candidates();
        int possible = Placement.effectiveReplication(replication, candidates.size());
        Weights weights = new Weights(pass.reports());
        List<Group> groups = new ArrayList<>();
        for (Versioned<PartitionTarget> versioned : pass.tree().partitions().values()) {
            PartitionTarget target = versioned.value();
            boolean grows = target.getPartition() == wanted.getPartition();
            int atLeast = grows ? wanted.getPeersCount() + 1 : target.getPeersCount();
            groups.add(new Group(
                    Integer.toString(target.getPartition()),
                    Math.max(atLeast, possible),
                    Peers.nodes(target),
                    weights.partition(target.getPartition())));
        }
        return Placement.place(candidates, groups).getOrDefault(Integer.toString(wanted.getPartition()), List.of());
    }

    // ---- order

    private static boolean hasOpened(Pass pass, PartitionPeer peer, int partition) {
        DescribeNodeResponse report = pass.reports().byNode().get(peer.getNode());
        return report != null
                && report.getPeerId().equals(peer.getPeerId())
                && report.getPartitionsList().stream()
                        .anyMatch(status -> status.getPartition() == partition
                                && status.getFailure().isEmpty());
    }

    // ---- settle, or withdraw

    private void settle(Pass pass, Versioned<PartitionTarget> target) {
        orders.forget(target.value().getPartition());
        awaitedSinceMs.remove(target.value().getPartition());
        PartitionTarget.Builder settled = target.value().toBuilder();
        settled.getPeersBuilderList().forEach(peer -> peer.setJoining(false));
        PartitionTarget grown = settled.build();
        PartitionTarget next = isHalfWay(pass, grown) ? withOneMore(pass, grown).orElse(grown) : grown;
        pass.retarget(target, next, "counting a peer of");
    }

    /** A peer that is lost once more does not come back; a node that does not answer, or fails, has some time. */
    private boolean isGivenUp(Pass pass, PartitionPeer peer, int partition) {
        long since = awaitedSinceMs.computeIfAbsent(partition, ignored -> pass.tickMs());
        return Peers.isLost(pass.reports(), peer, partition) || pass.tickMs() - since >= patience.toMillis();
    }

    /** Whether it joins only so that another can leave that works, and movement is aborted. */
    private boolean isAborted(Pass pass, PartitionTarget target) {
        long working = target.getPeersList().stream()
                .filter(peer -> !peer.getJoining() && pass.reports().byNode().containsKey(peer.getNode()))
                .count();
        return Movement.aborted(pass.tree()) && working >= pass.possibleReplication(replication);
    }

    /** Only while the leader says who votes, which it does not while it adds one: then the peer does not become a voter any more. */
    private void withdraw(Pass pass, Versioned<PartitionTarget> target) {
        int partition = target.value().getPartition();
        awaitedSinceMs.remove(partition);
        orders.forget(partition);
        // In the log, so that an order which an earlier controller has still on its way does not add the peer after
        // all.
        pass.orders()
                .give(pass.reports(), partition, ControlCommand.newBuilder().setFence(FenceOrder.getDefaultInstance()));
        LOG.warn("partition {} gives up the peer that should join: {}", partition, Peers.joining(target.value()));
        List<PartitionPeer> voters = target.value().getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .toList();
        PartitionTarget without =
                target.value().toBuilder().clearPeers().addAllPeers(voters).build();
        pass.retarget(target, without, "giving up a peer of");
    }
}
