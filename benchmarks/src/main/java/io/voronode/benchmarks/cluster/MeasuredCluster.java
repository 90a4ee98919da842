package io.voronode.benchmarks.cluster;

import io.voronode.benchmarks.process.FreePorts;
import io.voronode.benchmarks.process.MeasuredProcess;
import io.voronode.benchmarks.process.Meters;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster of processes on this machine: a ZooKeeper server, coordinators and shard nodes, each as users start them. One thread uses it; closing
 * kills the processes and leaves their files.
 */
final class MeasuredCluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path launcher;
    private final Path folder;
    private final int partitions;
    private final int replication;
    private final int zookeeperPort = FreePorts.take();
    private final Process zookeeper;
    private final Map<String, MeasuredProcess> coordinators = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, MeasuredProcess> nodes = new LinkedHashMap<>();

    /**
     * What the processes have used and done since they were started.
     *
     * @param processor time of coordinators and nodes
     * @param engineSeconds of it, those of the engine: processor time of the scans, and the time in which queries got their cells
     * @param searchBytes of searches between coordinators and nodes, both ways
     */
    record Work(Duration processor, double engineSeconds, double searchBytes) {
        Work since(Work before) {
            return new Work(
                    processor.minus(before.processor),
                    engineSeconds - before.engineSeconds,
                    searchBytes - before.searchBytes);
        }
    }

    /**
     * Starts a cluster and waits until it takes requests.
     *
     * @param launcher {@code scripts/voronode}; {@code scripts/zookeeper} lies beside it
     * @param replication copies of every row
     */
    static MeasuredCluster start(
            Path launcher, Path folder, int coordinators, int nodes, int partitions, int replication)
            throws IOException, InterruptedException {
        MeasuredCluster cluster = new MeasuredCluster(launcher, folder, partitions, replication);
        try {
            for (int number = 1; number <= coordinators; number++) {
                cluster.addCoordinator("coordinator-" + number, nodes);
            }
            for (int number = 1; number <= nodes; number++) {
                cluster.addNode();
            }
            for (MeasuredProcess coordinator : cluster.coordinators.values()) {
                coordinator.awaitReady();
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private MeasuredCluster(Path launcher, Path folder, int partitions, int replication) throws IOException {
        this.launcher = launcher;
        this.folder = folder;
        this.partitions = partitions;
        this.replication = replication;
        this.zookeeper = startZooKeeper();
    }

    private Process startZooKeeper() throws IOException {
        Path config = folder.resolve("zoo.cfg");
        Files.createDirectories(folder.resolve("zookeeper"));
        Files.write(
                config,
                List.of(
                        "tickTime=500",
                        "dataDir=" + folder.resolve("zookeeper"),
                        "clientPort=" + zookeeperPort,
                        "clientPortAddress=" + HOST,
                        "admin.enableServer=false",
                        "maxClientCnxns=0"));
        return new ProcessBuilder(launcher.resolveSibling("zookeeper").toString(), config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("zookeeper.log").toFile())
                .start();
    }

    private void addCoordinator(String name, int initialNodes) throws IOException {
        int port = FreePorts.take();
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "coordinator"));
        command.addAll(List.of("--port", "" + port, "--initial-nodes", "" + initialNodes));
        command.addAll(List.of("--partitions", "" + partitions, "--replication", "" + replication));
        coordinators.put(name, launch(name, command));
        addresses.put(name, HOST + ":" + port);
    }

    /** Starts one more node; it takes its share of the data by itself. */
    void addNode() throws IOException {
        String name = "node-" + (nodes.size() + 1);
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "shard-node"));
        command.addAll(List.of("--port", "" + FreePorts.take(), "--raft-port", "" + FreePorts.take()));
        nodes.put(name, launch(name, command));
    }

    private MeasuredProcess launch(String name, List<String> command) throws IOException {
        int httpPort = FreePorts.take();
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--name", name, "--data", folder.resolve(name).toString()));
        whole.addAll(List.of("--zookeeper", HOST + ":" + zookeeperPort, "--http-port", "" + httpPort));
        return MeasuredProcess.launch(whole, httpPort, folder.resolve(name + ".log"));
    }

    List<String> nodes() {
        return List.copyOf(nodes.keySet());
    }

    List<String> coordinators() {
        return List.copyOf(coordinators.keySet());
    }

    /** The process of a coordinator or a node. */
    MeasuredProcess process(String name) {
        MeasuredProcess process = nodes.containsKey(name) ? nodes.get(name) : coordinators.get(name);
        if (process == null) {
            throw new IllegalArgumentException("there is no server \"" + name + "\"");
        }
        return process;
    }

    /** A client that turns to this coordinator first, and to the others when it does not answer. */
    VoronodeClient.Builder client(String first) {
        VoronodeClient.Builder builder = VoronodeClient.builder();
        addresses.entrySet().stream()
                .sorted(Comparator.comparing(entry -> !entry.getKey().equals(first)))
                .forEach(entry -> builder.address(entry.getValue()));
        return builder;
    }

    /** A client of all coordinators. */
    VoronodeClient connect() {
        return client(coordinators().getFirst()).build();
    }

    Work work() throws IOException, InterruptedException {
        Duration processor = Duration.ZERO;
        double bytes = 0;
        double engine = 0;
        for (MeasuredProcess coordinator : coordinators.values()) {
            processor = processor.plus(coordinator.processorTime());
            Meters meters = coordinator.meters();
            bytes += meters.sum("voronode_rpc_client_bytes_total", "method=\"Search\"");
            engine += meters.sum("voronode_search_rank_seconds_total");
        }
        for (MeasuredProcess node : nodes.values()) {
            processor = processor.plus(node.processorTime());
            engine += node.meters().sum("voronode_scan_cpu_seconds_total");
        }
        return new Work(processor, engine, bytes);
    }

    @Override
    public void close() {
        Stream.concat(coordinators.values().stream(), nodes.values().stream()).forEach(MeasuredProcess::close);
        zookeeper.destroyForcibly().onExit().join();
    }
}
