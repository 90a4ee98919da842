package io.voronode.systemtests;

import io.voronode.client.ClusterInfo;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of real processes on this machine: {@code node-1} …, {@code coordinator-1} … and {@code zookeeper-1} …. Ports are leased, every
 * process has its own folder, and a log of its own under target/cluster-logs, and all of them end with this object, or with this JVM.
 *
 * <pre>
 * try (TestCluster cluster = TestCluster.start(folder, 3, 2, 1)) {
 *     cluster.awaitServing();
 *     cluster.kill("node-1");
 *     …
 *     cluster.restart("node-1");
 * }
 * </pre>
 *
 * One thread uses it.
 */
final class TestCluster implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int PARTITIONS = 4;
    /** Shorter than ZooKeeper's default, so that tests need not wait long for the death of a process to be noticed. */
    private static final String SESSION_TIMEOUT = "5s";

    private final Path folder;
    /** Outlives the test, whose folder does not. */
    private final Path logs;

    private final PortLease ports = PortLease.take();
    private final Watchdog watchdog = new Watchdog();
    private final ZooKeeperEnsemble zookeepers;
    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();
    private final Map<String, Endpoint> coordinators = new LinkedHashMap<>();
    private final Map<String, Endpoint> nodes = new LinkedHashMap<>();
    private final List<String> nodeOptions;
    private final List<String> coordinatorOptions;

    /** Where a server is reached. */
    record Endpoint(String address, int httpPort) {}

    /** Starts all processes; does not wait for them. */
    static TestCluster start(Path folder, int nodes, int coordinators, int zookeepers) {
        return start(folder, nodes, coordinators, zookeepers, List.of(), List.of());
    }

    /** As {@link #start(Path, int, int, int)}, with more options on the command lines. */
    static TestCluster start(
            Path folder,
            int nodes,
            int coordinators,
            int zookeepers,
            List<String> nodeOptions,
            List<String> coordinatorOptions) {
        TestCluster cluster = new TestCluster(folder, zookeepers, nodeOptions, coordinatorOptions);
        try {
            IntStream.rangeClosed(1, nodes).forEach(number -> cluster.addNode());
            IntStream.rangeClosed(1, coordinators).forEach(number -> cluster.addCoordinator(nodes));
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private TestCluster(Path folder, int zookeepers, List<String> nodeOptions, List<String> coordinatorOptions) {
        this.folder = folder;
        this.logs = Path.of(System.getProperty("basedir", "."), "target", "cluster-logs")
                .resolve(String.valueOf(folder.getFileName()));
        System.out.println("logs of the cluster's processes: " + logs);
        this.nodeOptions = List.copyOf(nodeOptions);
        this.coordinatorOptions = List.copyOf(coordinatorOptions);
        this.zookeepers = new ZooKeeperEnsemble(folder, zookeepers, ports);
        for (String name : this.zookeepers.names()) {
            launch(name, this.zookeepers.command(name));
        }
    }

    /** Starts one more node; returns its name. */
    String addNode() {
        int number = nodes.size() + 1;
        String name = "node-" + number;
        int port = ports.port();
        int httpPort = ports.port();
        List<String> arguments = new ArrayList<>(common("shard-node", name, port, httpPort));
        arguments.addAll(List.of("--raft-port", Integer.toString(ports.port()), "--zone", "zone-" + number));
        arguments.addAll(nodeOptions);
        nodes.put(name, new Endpoint("127.0.0.1:" + port, httpPort));
        launch(name, Launcher.command(arguments));
        return name;
    }

    private void addCoordinator(int initialNodes) {
        String name = "coordinator-" + (coordinators.size() + 1);
        int port = ports.port();
        int httpPort = ports.port();
        List<String> arguments = new ArrayList<>(common("coordinator", name, port, httpPort));
        arguments.addAll(List.of("--initial-nodes", Integer.toString(initialNodes)));
        arguments.addAll(List.of("--partitions", Integer.toString(PARTITIONS)));
        arguments.addAll(coordinatorOptions);
        coordinators.put(name, new Endpoint("127.0.0.1:" + port, httpPort));
        launch(name, Launcher.command(arguments));
    }

    private List<String> common(String role, String name, int port, int httpPort) {
        return List.of(
                role,
                "--name",
                name,
                "--zookeeper",
                zookeepers.connectString(),
                "--session-timeout",
                SESSION_TIMEOUT,
                "--data",
                folder.resolve(name).toString(),
                "--port",
                Integer.toString(port),
                "--http-port",
                Integer.toString(httpPort));
    }

    private void launch(String name, List<String> command) {
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerProcess process = new ServerProcess(name, command, logs.resolve(name + ".log"), watchdog);
        processes.put(name, process);
        process.start();
    }

    // ---- who is there

    ServerProcess process(String name) {
        ServerProcess process = processes.get(name);
        if (process == null) {
            throw new AssertionError("there is no process " + name + ", only " + processes.keySet());
        }
        return process;
    }

    List<ServerProcess> processes() {
        return List.copyOf(processes.values());
    }

    List<String> nodes() {
        return List.copyOf(nodes.keySet());
    }

    /** Where a node serves coordinators and other nodes. */
    String nodeAddress(String node) {
        return endpoint(node).address();
    }

    /** Where a process serves its metrics. */
    int httpPort(String name) {
        return endpoint(name).httpPort();
    }

    private Endpoint endpoint(String name) {
        Endpoint endpoint = nodes.containsKey(name) ? nodes.get(name) : coordinators.get(name);
        if (endpoint == null) {
            throw new AssertionError("there is no server " + name);
        }
        return endpoint;
    }

    /** A client of all coordinators. */
    VoronodeClient.Builder client() {
        VoronodeClient.Builder builder = VoronodeClient.builder();
        coordinators.values().forEach(coordinator -> builder.address(coordinator.address()));
        return builder;
    }

    /** A client of one coordinator. */
    VoronodeClient.Builder clientOf(String coordinator) {
        return VoronodeClient.builder().address(endpoint(coordinator).address());
    }

    /** The coordinator that controls the cluster, as another sees it. */
    String controller() throws InterruptedException {
        try (VoronodeClient client = client().build()) {
            return Eventually.get("a controller", START_TIMEOUT, () -> controller(client.describeCluster()));
        }
    }

    private @Nullable String controller(ClusterInfo cluster) {
        return cluster.coordinators().stream()
                .filter(ClusterInfo.Coordinator::controller)
                .map(ClusterInfo.Coordinator::name)
                .flatMap(id -> coordinators.keySet().stream().filter(name -> id.startsWith(name + "-")))
                .findFirst()
                .orElse(null);
    }

    // ---- what is done to them

    /** kill -9. */
    void kill(String name) {
        process(name).kill();
    }

    /** SIGTERM, and waits for the end. */
    void stop(String name) throws InterruptedException {
        process(name).stop();
    }

    /** Starts a process that has ended again, on its folder and ports; does not wait for it. */
    void restart(String name) {
        process(name).start();
    }

    void pause(String name) throws InterruptedException {
        process(name).pause();
    }

    void resume(String name) throws InterruptedException {
        process(name).resume();
    }

    // ---- what is waited for

    /**
     * Waits until every coordinator that runs sees every node that runs, a leader of every partition, and ready replicas wherever a running
     * node should have one.
     *
     * @return how long it took
     */
    Duration awaitServing() throws InterruptedException {
        long start = System.nanoTime();
        for (String name : coordinators.keySet()) {
            ServerProcess process = process(name);
            if (process.isRunning() && !process.isPaused()) {
                try (VoronodeClient client =
                        clientOf(name).deadline(Duration.ofSeconds(5)).build()) {
                    Eventually.await("serving", START_TIMEOUT, () -> {
                        requireAlive();
                        return missing(client.describeCluster());
                    });
                }
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** A process that ended by itself explains what would otherwise be a mere lack of time. */
    private void requireAlive() {
        processes.values().forEach(ServerProcess::requireNotFailed);
    }

    private @Nullable String missing(ClusterInfo cluster) {
        Set<String> running = nodes.keySet().stream()
                .filter(name -> process(name).isRunning() && !process(name).isPaused())
                .collect(Collectors.toSet());
        Set<String> unreachable = new HashSet<>(running);
        cluster.nodes().stream()
                .filter(ClusterInfo.Node::reachable)
                .map(ClusterInfo.Node::name)
                .forEach(unreachable::remove);
        if (!unreachable.isEmpty()) {
            return "nodes " + unreachable + " are not reachable";
        }
        if (cluster.partitions().size() < PARTITIONS) {
            return "only partitions " + cluster.partitions();
        }
        return cluster.partitions().stream()
                .filter(partition -> partition.leader().isEmpty())
                .map(partition -> "partition " + partition.number() + " has no leader")
                .findFirst()
                .or(() -> cluster.shards().stream()
                        .filter(shard -> running.contains(shard.node()) && !shard.ready())
                        .map(shard -> "not ready: " + shard)
                        .findFirst())
                .orElse(null);
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        processes.values().forEach(ServerProcess::kill);
        watchdog.close();
        ports.close();
    }
}
