package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.DescribeNodeResponse;

/** How many replicas nodes hold: as they say themselves, or, of one that does not answer, as the tree has it; the greater of both. Pure. */
record Holdings(TreeSnapshot tree, Reports reports) {

    long partitions(String node) {
        long named = tree.partitions().values().stream()
                .map(Versioned::value)
                .filter(target -> Peers.nodes(target).contains(node))
                .count();
        DescribeNodeResponse report = reports.byNode().get(node);
        return Math.max(named, report == null ? 0 : report.getPartitionsCount());
    }

    long shards(String node) {
        long named = tree.collections().values().stream()
                .flatMap(collection -> collection.generations().values().stream())
                .flatMap(generation -> generation.shards().values().stream())
                .map(Versioned::value)
                .filter(target -> target.getReplicasList().contains(node)
                        || target.getBuildingList().contains(node))
                .count();
        DescribeNodeResponse report = reports.byNode().get(node);
        return Math.max(named, report == null ? 0 : report.getShardsCount());
    }

    /** For people. */
    String text(String node) {
        return partitions(node) + " replicas of partitions and " + shards(node) + " of shards";
    }
}
