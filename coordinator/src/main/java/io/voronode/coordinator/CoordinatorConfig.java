package io.voronode.coordinator;

import io.voronode.coordinator.control.ControlPlaneConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How one coordinator runs.
 *
 * @param name its name in the cluster
 * @param cluster name of the cluster: the folder in ZooKeeper
 * @param zookeeper connect string
 * @param bindHost host name or address to listen on; also how clients and the cluster are told to reach it
 * @param port to listen on; 0: any free one
 * @param dataFolder where cell maps are kept; a cache, nothing is lost with it
 * @param modelsFolder folder of embedding models beside the built-in one; null: none
 * @param partitionCount P of a cluster that is made; of no effect on one that exists
 * @param nodesAtBirth live shard nodes that a cluster waits for before it is made
 */
public record CoordinatorConfig(
        String name,
        String cluster,
        String zookeeper,
        String bindHost,
        int port,
        Path dataFolder,
        @Nullable Path modelsFolder,
        int partitionCount,
        int nodesAtBirth) {
    public static final String DEFAULT_BIND_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 7700;

    private static final int MAX_PORT = 65_535;

    public CoordinatorConfig {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to " + MAX_PORT);
        }
    }

    /** With the defaults: on the loopback address, without a folder of models. */
    public static CoordinatorConfig of(String name, String cluster, String zookeeper, Path dataFolder) {
        return new CoordinatorConfig(
                name,
                cluster,
                zookeeper,
                DEFAULT_BIND_HOST,
                DEFAULT_PORT,
                dataFolder,
                null,
                ControlPlaneConfig.DEFAULT_PARTITION_COUNT,
                1);
    }

    /** The same, listening there. */
    public CoordinatorConfig listeningOn(String host, int onPort) {
        return new CoordinatorConfig(
                name, cluster, zookeeper, host, onPort, dataFolder, modelsFolder, partitionCount, nodesAtBirth);
    }

    /** The same, with these models beside the built-in one. */
    public CoordinatorConfig withModels(@Nullable Path folder) {
        return new CoordinatorConfig(
                name, cluster, zookeeper, bindHost, port, dataFolder, folder, partitionCount, nodesAtBirth);
    }

    /** The same, for a cluster that is made with so many partitions once so many nodes live. */
    public CoordinatorConfig forBirth(int partitions, int nodes) {
        return new CoordinatorConfig(
                name, cluster, zookeeper, bindHost, port, dataFolder, modelsFolder, partitions, nodes);
    }

    ControlPlaneConfig controlPlane() {
        return ControlPlaneConfig.of(name, cluster, zookeeper, dataFolder)
                .withPartitionCount(partitionCount)
                .withNodesAtBirth(nodesAtBirth);
    }
}
