package io.voronode.coordinator;

import io.voronode.coordinator.control.ClusterPolicy;
import io.voronode.coordinator.control.ControlPlaneConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one coordinator runs.
 *
 * @param name its name in the cluster
 * @param cluster name of the cluster: the folder in ZooKeeper
 * @param zookeeper connect string
 * @param sessionTimeout after which ZooKeeper takes it for dead, so that another becomes the controller
 * @param bindHost host name or address to listen on
 * @param advertisedHost host name or address that clients and the cluster are told to reach it at
 * @param port to listen on; 0: any free one
 * @param dataFolder where cell maps and calibrations are kept; a cache, nothing is lost with it
 * @param snapshotsFolder where snapshots are written to and restored from
 * @param modelsFolder folder of embedding models beside the built-in one; null: none
 * @param policy what it aims at while it is the controller
 * @param canaryShare of the searches that are done once more, exactly, to measure their recall; 0: none
 * @param slowSearch searches that take as long are told in the log; zero: none are
 */
public record CoordinatorConfig(
        String name,
        String cluster,
        String zookeeper,
        Duration sessionTimeout,
        String bindHost,
        String advertisedHost,
        int port,
        Path dataFolder,
        Path snapshotsFolder,
        @Nullable Path modelsFolder,
        ClusterPolicy policy,
        double canaryShare,
        Duration slowSearch) {
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(10);

    public static final Duration DEFAULT_SLOW_SEARCH = Duration.ofSeconds(1);

    private static final int MAX_PORT = 65_535;

    public CoordinatorConfig {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to " + MAX_PORT);
        }
        if (slowSearch.isNegative()) {
            throw new IllegalArgumentException("slow search " + slowSearch + " < 0");
        }
        if (!(canaryShare >= 0 && canaryShare <= 1)) {
            throw new IllegalArgumentException("canary share " + canaryShare + " is not within 0 to 1");
        }
    }

    ControlPlaneConfig controlPlane() {
        return new ControlPlaneConfig(name, cluster, zookeeper, dataFolder, policy, sessionTimeout);
    }
}
