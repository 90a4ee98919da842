package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Says which nodes hold the rows.
 *
 * <ol>
 *   <li>All partitions get their targets when the cluster is made, {@value #PLACED_AT_ONCE} in a transaction, for ZooKeeper bounds its size;
 *       their peer ids are those of the nodes' disks. The cluster takes no requests before all are placed. Targets that vanish later are not
 *       made anew: absence in the tree says nothing of rows.
 *   <li>From then on only addresses follow: a node that listens elsewhere after a restart is found by its peer id.
 * </ol>
 *
 * Which peers vote is not changed here: {@link ReplicationGrowth} adds them one at a time, {@link PeerReplacement} replaces lost ones, {@link
 * PartitionMoves} moves them.
 */
final class PartitionPlacement implements ClusterStep {
    private static final int PLACED_AT_ONCE = 128;

    private final int replication;
    private final int nodesAwaited;

    /**
     * Replication as wanted; fewer while there are fewer nodes.
     *
     * @param nodesAwaited that must answer before partitions get their targets, which are for good
     */
    PartitionPlacement(int replication, int nodesAwaited) {
        this.replication = replication;
        this.nodesAwaited = nodesAwaited;
    }

    @Override
    public void run(Pass pass) {
        if (pass.tree().format() == null) {
            return;
        }
        if (pass.tree().formed()) {
            pass.tree().partitions().values().forEach(target -> followAddresses(pass, target));
        } else {
            placeNext(pass);
        }
    }

    private void placeNext(Pass pass) {
        pass.lookAgainSoon();
        List<Candidate> candidates = pass.candidates();
        if (candidates.size() < Math.max(1, nodesAwaited)) {
            return;
        }
        // No node is told of partitions before all are placed: where one holds any, the tree has lost targets, and its
        // rows would be hidden by new ones.
        pass.reports()
                .requireNoPartitions(
                        "targets of partitions are missing in the cluster tree",
                        "nothing is placed before they are back");
        int replicas = Placement.effectiveReplication(replication, candidates.size());
        List<Group> groups = new ArrayList<>();
        List<Integer> missing = new ArrayList<>();
        for (int partition = 0; partition < pass.tree().partitionCount(); partition++) {
            Versioned<PartitionTarget> placed = pass.tree().partitions().get(partition);
            groups.add(new Group(
                    Integer.toString(partition),
                    replicas,
                    placed == null ? List.of() : Peers.nodes(placed.value()),
                    0));
            if (placed == null) {
                missing.add(partition);
            }
        }
        SortedMap<String, List<String>> placed = Placement.place(candidates, groups);
        FencedTree.Change change = pass.fence().change();
        for (int partition : missing.subList(0, Math.min(PLACED_AT_ONCE, missing.size()))) {
            List<String> nodes = placed.getOrDefault(Integer.toString(partition), List.of());
            change.folder(pass.paths().partitions() + "/" + partition)
                    .create(pass.paths().partitionTarget(partition), target(pass, partition, nodes));
        }
        change.commit("placing partitions");
    }

    private static PartitionTarget target(Pass pass, int partition, List<String> nodes) {
        PartitionTarget.Builder target = PartitionTarget.newBuilder()
                .setPartition(partition)
                .setGroupUuid(Uuids.random())
                .setPreferredLeader(nodes.get(partition % nodes.size()));
        for (String node : nodes) {
            DescribeNodeResponse report = pass.reports().byNode().get(node);
            NodeLiveness liveness = pass.tree().live().get(node);
            if (report == null || liveness == null) {
                throw new IllegalStateException("node \"" + node + "\" was offered without an answer");
            }
            target.addPeers(PartitionPeer.newBuilder()
                    .setNode(node)
                    .setPeerId(report.getPeerId())
                    .setRaftAddress(liveness.getEndpoints().getRaft()));
        }
        return target.build();
    }

    private static void followAddresses(Pass pass, Versioned<PartitionTarget> target) {
        PartitionTarget.Builder next = target.value().toBuilder();
        for (PartitionPeer.Builder peer : next.getPeersBuilderList()) {
            NodeLiveness liveness = pass.tree().live().get(peer.getNode());
            DescribeNodeResponse report = pass.reports().byNode().get(peer.getNode());
            if (liveness != null && report != null && report.getPeerId().equals(peer.getPeerId())) {
                peer.setRaftAddress(liveness.getEndpoints().getRaft());
            }
        }
        PartitionTarget followed = next.build();
        if (!followed.equals(target.value())) {
            pass.fence()
                    .change()
                    .replace(pass.paths().partitionTarget(followed.getPartition()), target.version(), followed)
                    .commit("following the address of a peer of partition " + followed.getPartition());
        }
    }
}
