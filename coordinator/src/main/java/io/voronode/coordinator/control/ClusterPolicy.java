package io.voronode.coordinator.control;

import java.time.Duration;

/**
 * What the controller aims at. All coordinators of a cluster should be given the same, for any of them may be the controller.
 *
 * @param partitionCount P of a cluster that is made; of no effect on one that exists
 * @param nodesAtBirth live nodes that a cluster waits for before it is made
 * @param replication copies of each row wanted: 1, 3 or 5; 1 while there are fewer than three nodes
 * @param nodeGrace how long a node may be away before what it held is made anew elsewhere
 */
public record ClusterPolicy(int partitionCount, int nodesAtBirth, int replication, Duration nodeGrace) {
    public static final int MAX_PARTITION_COUNT = 4_096;
    /** For a cluster of several processes. */
    public static final ClusterPolicy DEFAULT = new ClusterPolicy(16, 1, 3, Duration.ofMinutes(5));

    public ClusterPolicy {
        if (partitionCount < 1 || partitionCount > MAX_PARTITION_COUNT) {
            throw new IllegalArgumentException(
                    "partition count " + partitionCount + " is not between 1 and " + MAX_PARTITION_COUNT);
        }
        if (nodesAtBirth < 1) {
            throw new IllegalArgumentException("nodes at birth " + nodesAtBirth + " < 1");
        }
        if (replication != 1 && replication != 3 && replication != 5) {
            throw new IllegalArgumentException("replication " + replication + " is not 1, 3 or 5");
        }
        if (nodeGrace.isNegative()) {
            throw new IllegalArgumentException("node grace " + nodeGrace + " is negative");
        }
    }

    /** The same, for a cluster that is made with so many partitions once so many nodes live. */
    public ClusterPolicy forBirth(int partitions, int nodes) {
        return new ClusterPolicy(partitions, nodes, replication, nodeGrace);
    }
}
