package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The peers of partitions' targets. Pure. */
final class Peers {
    private Peers() {}

    /** The one that is on its way to become a voter. */
    static Optional<PartitionPeer> joining(PartitionTarget target) {
        return target.getPeersList().stream().filter(PartitionPeer::getJoining).findFirst();
    }

    /** The first voter that is lost; none while another peer joins: one after the other. */
    static Optional<PartitionPeer> lost(Reports reports, PartitionTarget target) {
        return joining(target).isPresent()
                ? Optional.empty()
                : target.getPeersList().stream()
                        .filter(peer -> isLost(reports, peer, target.getPartition()))
                        .findFirst();
    }

    /** Whether the leader says that just those vote that should. */
    static boolean votersAreAsTarget(Reports reports, PartitionTarget target) {
        return reports.voters(target.getPartition()).equals(Set.copyOf(voterIds(target)));
    }

    /** The nodes that hold one, or are to hold one. */
    static List<String> nodes(PartitionTarget target) {
        return target.getPeersList().stream().map(PartitionPeer::getNode).toList();
    }

    /** The first whose node does not answer. */
    static Optional<PartitionPeer> silent(Reports reports, PartitionTarget target) {
        return target.getPeersList().stream()
                .filter(peer -> !reports.byNode().containsKey(peer.getNode()))
                .findFirst();
    }

    /** The ids of those that vote. */
    static List<String> voterIds(PartitionTarget target) {
        return target.getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .map(PartitionPeer::getPeerId)
                .toList();
    }

    /**
     * The peer that a node would join a partition as, if it answered; under what it asks for where its copy is damaged. Not while it has a copy
     * from another time: that is to be deleted, late perhaps, and must not be taken for the new one, nor be deleted in its place.
     */
    static Optional<PartitionPeer> joiningOn(Pass pass, String node, int partition) {
        DescribeNodeResponse report = pass.reports().byNode().get(node);
        NodeLiveness liveness = pass.tree().live().get(node);
        boolean leaves = pass.reports()
                .replica(node, partition)
                .filter(replica -> replica.getRejoin().isEmpty())
                .isPresent();
        return report == null || liveness == null || leaves
                ? Optional.empty()
                : Optional.of(PartitionPeer.newBuilder()
                        .setNode(node)
                        .setPeerId(report.getPeerId())
                        .setRaftAddress(liveness.getEndpoints().getRaft())
                        .setJoining(true)
                        .setRejoin(pass.reports()
                                .replica(node, partition)
                                .map(PartitionStatus::getRejoin)
                                .orElse(""))
                        .build());
    }

    /** Whether the node of a peer says that it is not that peer any more: its disk is another one, or the replica on it is damaged. */
    static boolean isLost(Reports reports, PartitionPeer peer, int partition) {
        DescribeNodeResponse report = reports.byNode().get(peer.getNode());
        return report != null
                && (!report.getPeerId().equals(peer.getPeerId())
                        || reports.replica(peer.getNode(), partition)
                                .map(PartitionStatus::getRejoin)
                                .filter(rejoin -> !rejoin.isEmpty() && !rejoin.equals(peer.getRejoin()))
                                .isPresent());
    }
}
