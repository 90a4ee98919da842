package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.coordinator.placement.Placement.Plan;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The partitions as {@link Placement} sees them. A partition never wants fewer replicas than it has. Pure. */
record PartitionGroups(TreeSnapshot tree, Reports reports) {

    static String name(int partition) {
        return "partition " + partition;
    }

    /** Which nodes should get replicas for which others give theirs up. */
    Plan plan(List<Candidate> candidates) {
        Set<String> busy = tree.partitions().values().stream()
                .map(Versioned::value)
                .filter(target -> !isAtRest(target))
                .map(target -> name(target.getPartition()))
                .collect(Collectors.toSet());
        return Placement.plan(candidates, groups(), busy);
    }

    /** The peer to go, of a partition that has one too many. */
    Optional<PartitionPeer> surplus(List<Candidate> members, PartitionTarget target) {
        return Placement.surplus(members, groups(), name(target.getPartition()))
                .flatMap(node -> target.getPeersList().stream()
                        .filter(peer -> peer.getNode().equals(node))
                        .findFirst());
    }

    private List<Group> groups() {
        Weights weights = new Weights(reports);
        return tree.partitions().values().stream()
                .map(Versioned::value)
                .map(target -> new Group(
                        name(target.getPartition()),
                        target.getPeersCount(),
                        reports.silentFirst(Peers.nodes(target)),
                        weights.partition(target.getPartition())))
                .toList();
    }

    /** Nobody joins, and those vote that should: an odd number of peers, none of which was lost. */
    private boolean isAtRest(PartitionTarget target) {
        return target.getPeersCount() % 2 != 0
                && Peers.joining(target).isEmpty()
                && Peers.votersAreAsTarget(reports, target)
                && Peers.lost(reports, target).isEmpty();
    }
}
