package io.voronode.client;

import java.util.List;

/**
 * The cluster as one coordinator sees it.
 *
 * @param uuid the cluster's
 * @param version of the coordinator that answered
 * @param coordinators who coordinates
 * @param nodes who holds data
 * @param partitions where the rows are
 * @param shards where the index is, one entry per replica
 */
public record ClusterInfo(
        String uuid,
        String version,
        List<Coordinator> coordinators,
        List<Node> nodes,
        List<Partition> partitions,
        List<Shard> shards) {

    public ClusterInfo {
        coordinators = List.copyOf(coordinators);
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
        shards = List.copyOf(shards);
    }

    /**
     * A live coordinator.
     *
     * @param name its name
     * @param address where clients reach it
     * @param controller whether it is the controller
     */
    public record Coordinator(String name, String address, boolean controller) {}

    /**
     * A registered shard node.
     *
     * @param name its name
     * @param address where it is reached
     * @param zone its failure zone
     * @param reachable whether it answered
     * @param version its version
     * @param diskFreeBytes bytes free where its data lies
     */
    public record Node(
            String name, String address, String zone, boolean reachable, String version, long diskFreeBytes) {}

    /**
     * One partition of the rows.
     *
     * @param number 0 to P − 1
     * @param leader the node that leads it; empty while there is none
     * @param nodes the nodes that hold replicas
     * @param appliedIndex the log index that the leader has applied
     * @param recordCount live records of all collections
     */
    public record Partition(int number, String leader, List<String> nodes, long appliedIndex, long recordCount) {

        public Partition {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * One replica of one shard.
     *
     * @param collection the collection's name
     * @param generation the generation's number
     * @param number the shard's number
     * @param node the node that holds the replica
     * @param ready whether it can answer searches
     * @param recordCount records in it
     * @param lagEntries log entries that it has still to make visible
     */
    public record Shard(
            String collection,
            int generation,
            int number,
            String node,
            boolean ready,
            long recordCount,
            long lagEntries) {}
}
