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
import java.util.Objects;
import java.util.Optional;
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
public final class TestCluster implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final int USUAL_PARTITIONS = 4;
    /** Shorter than ZooKeeper's default, so that tests need not wait long for the death of a process to be noticed. */
    private static final String SESSION_TIMEOUT = "5s";

    private final Path folder;
    /** Outlives the test, whose folder does not. */
    private final Path logs;

    private final PortLease ports = PortLease.take();
    private final Optional<Network> network;
    private final Watchdog watchdog = new Watchdog();
    private final ZooKeeperEnsemble zookeepers;
    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();
    private final Map<String, Endpoint> coordinators = new LinkedHashMap<>();
    private final Map<String, Endpoint> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> raftPorts = new LinkedHashMap<>();
    private final Setup setup;

    /** Where a server is reached. */
    private record Endpoint(String host, int port, int httpPort) {
        String address() {
            return host + ":" + port;
        }

        String httpAddress() {
            return host + ":" + httpPort;
        }
    }

    /**
     * What may be chosen of a cluster.
     *
     * @param nodeOptions more options on the command lines of nodes
     * @param coordinatorOptions and of coordinators
     * @param jvmOptions of all processes
     * @param nodeData where each node has a folder of its own
     * @param partitions of the cluster
     * @param ownNetwork whether processes are to have a network whose links can be cut, where this machine lets us have one
     */
    public record Setup(
            List<String> nodeOptions,
            List<String> coordinatorOptions,
            String jvmOptions,
            Path nodeData,
            int partitions,
            boolean ownNetwork) {
        public Setup {
            nodeOptions = List.copyOf(nodeOptions);
            coordinatorOptions = List.copyOf(coordinatorOptions);
        }
    }

    /** Starts all processes; does not wait for them. */
    public static TestCluster start(Path folder, int nodes, int coordinators, int zookeepers) {
        return start(folder, nodes, coordinators, zookeepers, List.of(), List.of());
    }

    /** As {@link #start(Path, int, int, int)}, with more options on the command lines. */
    public static TestCluster start(
            Path folder,
            int nodes,
            int coordinators,
            int zookeepers,
            List<String> nodeOptions,
            List<String> coordinatorOptions) {
        return start(
                folder,
                nodes,
                coordinators,
                zookeepers,
                new Setup(nodeOptions, coordinatorOptions, "", folder, USUAL_PARTITIONS, false));
    }

    /** The same with more choice. */
    public static TestCluster start(Path folder, int nodes, int coordinators, int zookeepers, Setup setup) {
        TestCluster cluster = new TestCluster(folder, zookeepers, setup);
        try {
            IntStream.rangeClosed(1, nodes).forEach(number -> cluster.addNode());
            IntStream.rangeClosed(1, coordinators).forEach(number -> cluster.addCoordinator(nodes));
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private TestCluster(Path folder, int zookeepers, Setup setup) {
        this.folder = folder;
        this.logs = Path.of(System.getProperty("basedir", "."), "target", "cluster-logs")
                .resolve(String.valueOf(folder.getFileName()));
        System.out.println("logs of the cluster's processes: " + logs);
        this.setup = setup;
        this.network = setup.ownNetwork() ? Network.make(ports.block()) : Optional.empty();
        this.zookeepers = new ZooKeeperEnsemble(folder, zookeepers, ports, this::join);
        for (String name : this.zookeepers.names()) {
            launch(name, this.zookeepers.command(name));
        }
    }

    /** Gives a process its place in the network; returns the host that it has there. */
    private String join(String name) {
        network.ifPresent(own -> own.join(name));
        return network.map(own -> own.address(name)).orElse("127.0.0.1");
    }

    /** Starts one more node; returns its name. */
    public String addNode() {
        int number = nodes.size() + 1;
        String name = "node-" + number;
        Endpoint endpoint = endpointFor(name);
        List<String> arguments = new ArrayList<>(common("shard-node", name, nodeData(name), endpoint));
        raftPorts.put(name, ports.port());
        arguments.addAll(List.of("--raft-port", String.valueOf(raftPorts.get(name)), "--zone", "zone-" + number));
        arguments.addAll(setup.nodeOptions());
        nodes.put(name, endpoint);
        launch(name, Launcher.command(arguments));
        return name;
    }

    private void addCoordinator(int initialNodes) {
        String name = "coordinator-" + (coordinators.size() + 1);
        Endpoint endpoint = endpointFor(name);
        List<String> arguments = new ArrayList<>(common("coordinator", name, folder.resolve(name), endpoint));
        arguments.addAll(List.of("--initial-nodes", Integer.toString(initialNodes)));
        arguments.addAll(List.of("--partitions", Integer.toString(setup.partitions())));
        arguments.addAll(setup.coordinatorOptions());
        coordinators.put(name, endpoint);
        launch(name, Launcher.command(arguments));
    }

    private Endpoint endpointFor(String name) {
        return new Endpoint(join(name), ports.port(), ports.port());
    }

    private List<String> common(String role, String name, Path data, Endpoint endpoint) {
        return List.of(
                role,
                "--name",
                name,
                "--zookeeper",
                zookeepers.connectString(),
                "--session-timeout",
                SESSION_TIMEOUT,
                "--data",
                data.toString(),
                "--bind",
                endpoint.host(),
                "--port",
                Integer.toString(endpoint.port()),
                "--http-port",
                Integer.toString(endpoint.httpPort()));
    }

    private void launch(String name, List<String> command) {
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> whole = network.map(own -> own.within(name, command)).orElse(command);
        ServerProcess process =
                new ServerProcess(name, whole, logs.resolve(name + ".log"), watchdog, setup.jvmOptions());
        processes.put(name, process);
        process.start(ServerProcess.Life.USUAL);
    }

    // ---- who is there

    public ServerProcess process(String name) {
        ServerProcess process = processes.get(name);
        if (process == null) {
            throw new AssertionError("there is no process " + name + ", only " + processes.keySet());
        }
        return process;
    }

    public List<ServerProcess> processes() {
        return List.copyOf(processes.values());
    }

    public List<String> nodes() {
        return List.copyOf(nodes.keySet());
    }

    /** The folder of a node. */
    public Path nodeData(String node) {
        return setup.nodeData().resolve(node);
    }

    /** Where a node serves coordinators and other nodes. */
    public String nodeAddress(String node) {
        return endpoint(node).address();
    }

    /** The host of a node; others are told another one where {@link #relayed} has been used. */
    public String nodeHost(String node) {
        return endpoint(node).host();
    }

    /** The ports at which others reach a node: coordinators and shards, and its Raft peers. */
    public List<Integer> nodePorts(String node) {
        return List.of(endpoint(node).port(), Objects.requireNonNull(raftPorts.get(node)));
    }

    /** A host of this process, at which a {@link Relay} can stand for a node. */
    public String relayHost() {
        return network.map(Network::relayHost).orElse("127.0.0.2");
    }

    /** The life of a node that tells others to reach it at {@link #relayHost}. */
    public ServerProcess.Life relayed() {
        return new ServerProcess.Life(List.of(), Map.of("VORONODE_ADVERTISE", relayHost()));
    }

    /** Where a process serves its metrics. */
    public String httpAddress(String name) {
        return endpoint(name).httpAddress();
    }

    public List<String> coordinators() {
        return List.copyOf(coordinators.keySet());
    }

    public List<String> zookeepers() {
        return zookeepers.names();
    }

    /** Where a server of ZooKeeper takes clients. */
    public String zookeeperAddress(String name) {
        return zookeepers.address(name);
    }

    /** The links between all of these; empty where none was wanted, or this machine lets us have none. */
    public Optional<Network> network() {
        return network;
    }

    private Endpoint endpoint(String name) {
        Endpoint endpoint = nodes.containsKey(name) ? nodes.get(name) : coordinators.get(name);
        if (endpoint == null) {
            throw new AssertionError("there is no server " + name);
        }
        return endpoint;
    }

    /** Where ZooKeeper listens. */
    public String zookeeper() {
        return zookeepers.connectString();
    }

    /** A client of all coordinators. */
    public VoronodeClient.Builder client() {
        VoronodeClient.Builder builder = VoronodeClient.builder();
        coordinators.values().forEach(coordinator -> builder.address(coordinator.address()));
        return builder;
    }

    /** A client of all coordinators, of which the one in this place, counted round, is the first that it turns to. */
    public VoronodeClient.Builder client(int first) {
        List<Endpoint> all = List.copyOf(coordinators.values());
        VoronodeClient.Builder builder = VoronodeClient.builder();
        for (int i = 0; i < all.size(); i++) {
            builder.address(all.get((first + i) % all.size()).address());
        }
        return builder;
    }

    /** A client of one coordinator. */
    public VoronodeClient.Builder clientOf(String coordinator) {
        return VoronodeClient.builder().address(endpoint(coordinator).address());
    }

    /** The coordinator that controls the cluster, as another sees it. */
    public String controller() throws InterruptedException {
        try (VoronodeClient client = client().build()) {
            return Eventually.get("a controller", START_TIMEOUT, () -> controller(client.describeCluster()));
        }
    }

    /** The coordinator that controls the cluster in the eyes of one; null: none. */
    public @Nullable String controllerSeenBy(String coordinator) {
        try (VoronodeClient client = clientOf(coordinator).build()) {
            return controller(client.describeCluster());
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
    public void kill(String name) {
        process(name).kill();
    }

    /** SIGTERM, and waits for the end. */
    public void stop(String name) throws InterruptedException {
        process(name).stop();
    }

    /** Starts a process that has ended again, on its folder and ports; does not wait for it. */
    public void restart(String name) {
        restart(name, ServerProcess.Life.USUAL);
    }

    /** The same for a life that is peculiar. */
    public void restart(String name, ServerProcess.Life life) {
        process(name).start(life);
    }

    public void pause(String name) throws InterruptedException {
        process(name).pause();
    }

    public void resume(String name) throws InterruptedException {
        process(name).resume();
    }

    // ---- what is waited for

    /**
     * Waits until every coordinator that runs sees every node that runs, a leader of every partition, and ready replicas wherever a running
     * node should have one.
     *
     * @return how long it took
     */
    public Duration awaitServing() throws InterruptedException {
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
        if (cluster.partitions().size() < setup.partitions()) {
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
        network.ifPresent(Network::close);
        ports.close();
    }
}
