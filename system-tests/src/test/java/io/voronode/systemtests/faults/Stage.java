package io.voronode.systemtests.faults;

import io.voronode.client.VoronodeClient;
import io.voronode.systemtests.Network;
import io.voronode.systemtests.SmallDisk;
import io.voronode.systemtests.TestCluster;
import io.voronode.systemtests.crash.Crashes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where faults happen, one after the other: a cluster of three nodes, which have a small disk in common where one can be mounted, two
 * coordinators and three servers of ZooKeeper, each in a network namespace of its own where that can be had, with records in it that nobody
 * changes. One thread uses it.
 *
 * @param cluster serves
 * @param disk of the nodes' data; empty where none can be mounted
 * @param still by which recall is measured
 * @param crashes for processes of this cluster
 * @param folder for what a fault needs beside
 */
record Stage(TestCluster cluster, Optional<SmallDisk> disk, StillRecords still, Crashes crashes, Path folder)
        implements AutoCloseable {
    /** Small logs, so that a node that was away has to be brought up to date by a snapshot. */
    private static final List<String> SMALL_LOGS =
            List.of("--snapshot-bytes", "32KiB", "--log-segment-bytes", "32KiB", "--log-bytes-kept", "32KiB");

    /**
     * Processes that are killed all the time spend most of it in the second compiler, which others need more. Agents are loaded as {@link
     * io.voronode.systemtests.crash} tells.
     */
    private static final String JVM_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+EnableDynamicAgentLoading";

    private static final int DISK_MEBIBYTES = 1_024;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    static Stage start(Path folder) throws InterruptedException {
        Optional<SmallDisk> disk = SmallDisk.mount(folder.resolve("disk"), DISK_MEBIBYTES);
        Path nodeData = disk.map(SmallDisk::folder).orElse(folder);
        return of(folder, disk, 3, 3, new TestCluster.Setup(SMALL_LOGS, List.of(), JVM_OPTIONS, nodeData, 4, true));
    }

    /** One that begins on one node and has many partitions; a dead node has little grace. */
    static Stage startGrowing(Path folder, int partitions) throws InterruptedException {
        List<String> impatient = List.of("--node-grace", "3s");
        return of(
                folder,
                Optional.empty(),
                1,
                1,
                new TestCluster.Setup(SMALL_LOGS, impatient, JVM_OPTIONS, folder, partitions, false));
    }

    private static Stage of(Path folder, Optional<SmallDisk> disk, int nodes, int zookeepers, TestCluster.Setup setup)
            throws InterruptedException {
        TestCluster cluster = TestCluster.start(folder, nodes, 2, zookeepers, setup);
        try {
            cluster.awaitServing();
            return new Stage(cluster, disk, StillRecords.write(client(cluster)), Crashes.in(folder), folder);
        } catch (InterruptedException | RuntimeException | Error e) {
            cluster.close();
            disk.ifPresent(SmallDisk::close);
            throw e;
        }
    }

    /** Of all coordinators, patient. */
    private static VoronodeClient client(TestCluster cluster) {
        return cluster.client().deadline(PATIENCE).retryFor(PATIENCE).build();
    }

    VoronodeClient client() {
        return client(cluster);
    }

    /** Only for faults that have asked whether there is one. */
    SmallDisk smallDisk() {
        return disk.orElseThrow();
    }

    /** Why no link can be cut; empty where it can. */
    String withoutNetwork() {
        return cluster.network().isPresent() ? "" : "processes can have no network of their own here";
    }

    /** Only for faults that have asked whether there is one. */
    Network network() {
        return cluster.network().orElseThrow();
    }

    @Override
    public void close() {
        still.close();
        cluster.close();
        disk.ifPresent(SmallDisk::close);
    }
}
