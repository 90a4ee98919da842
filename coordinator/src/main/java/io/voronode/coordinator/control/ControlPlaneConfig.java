package io.voronode.coordinator.control;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a coordinator takes part in the control of its cluster.
 *
 * @param coordinator its name; each start of the process adds a random part to make its id
 * @param cluster name of the cluster: the folder in ZooKeeper
 * @param zookeeper connect string
 * @param dataFolder where cell maps are kept
 * @param partitionCount P of a cluster that is made; of no effect on one that exists
 * @param nodesAtBirth live nodes that a cluster waits for before it is made
 * @param replication copies of each row wanted: 1, 3 or 5; 1 while there are fewer than three nodes
 * @param sessionTimeout after which ZooKeeper takes this coordinator for dead
 */
public record ControlPlaneConfig(
        String coordinator,
        String cluster,
        String zookeeper,
        Path dataFolder,
        int partitionCount,
        int nodesAtBirth,
        int replication,
        Duration sessionTimeout) {
    public static final int DEFAULT_PARTITION_COUNT = 16;
    public static final int MAX_PARTITION_COUNT = 4_096;
    public static final int DEFAULT_REPLICATION = 3;
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(10);

    public ControlPlaneConfig {
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
    }

    /** With the defaults of a cluster of several processes. */
    public static ControlPlaneConfig of(String coordinator, String cluster, String zookeeper, Path dataFolder) {
        return new ControlPlaneConfig(
                coordinator,
                cluster,
                zookeeper,
                dataFolder,
                DEFAULT_PARTITION_COUNT,
                1,
                DEFAULT_REPLICATION,
                DEFAULT_SESSION_TIMEOUT);
    }

    public ControlPlaneConfig withPartitionCount(int count) {
        return new ControlPlaneConfig(
                coordinator, cluster, zookeeper, dataFolder, count, nodesAtBirth, replication, sessionTimeout);
    }

    public ControlPlaneConfig withNodesAtBirth(int nodes) {
        return new ControlPlaneConfig(
                coordinator, cluster, zookeeper, dataFolder, partitionCount, nodes, replication, sessionTimeout);
    }
}
