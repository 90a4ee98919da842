package io.voronode.coordinator.control;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a coordinator takes part in the control of its cluster.
 *
 * @param coordinator its name; each start of the process adds a random part to make its id
 * @param cluster name of the cluster: the folder in ZooKeeper
 * @param zookeeper connect string
 * @param dataFolder where cell maps and calibrations are kept
 * @param policy what it aims at while it is the controller
 * @param sessionTimeout after which ZooKeeper takes this coordinator for dead
 */
public record ControlPlaneConfig(
        String coordinator,
        String cluster,
        String zookeeper,
        Path dataFolder,
        ClusterPolicy policy,
        Duration sessionTimeout) {}
