package io.voronode.systemtests.faults;

import io.voronode.client.ClusterInfo;
import io.voronode.client.VoronodeClient;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.Metrics;
import io.voronode.systemtests.ServerProcess;
import io.voronode.systemtests.TestCluster;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where a fault happens. One thread uses it.
 *
 * @param stage the processes and what belongs to them
 * @param client of all coordinators, patient
 * @param collection in which the traffic is
 */
record Scene(Stage stage, VoronodeClient client, String collection) {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    TestCluster cluster() {
        return stage.cluster();
    }

    /** The node that leads a partition now. */
    String leader(int partition) throws InterruptedException {
        return Eventually.get(
                "a leader of partition " + partition,
                TIMEOUT,
                () -> client.describeCluster().partitions().stream()
                        .filter(one ->
                                one.number() == partition && !one.leader().isEmpty())
                        .map(ClusterInfo.Partition::leader)
                        .findFirst()
                        .orElse(null));
    }

    /** How many partitions each node leads that leads any. */
    Map<String, Long> led() {
        return client.describeCluster().partitions().stream()
                .map(ClusterInfo.Partition::leader)
                .filter(leader -> !leader.isEmpty())
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    /** The node that leads the fewest partitions. */
    String leastLeading() {
        Map<String, Long> led = led();
        return cluster().nodes().stream()
                .min(Comparator.comparing(node -> led.getOrDefault(node, 0L)))
                .orElseThrow();
    }

    /** One that is not this one. */
    String otherCoordinator(String coordinator) {
        return cluster().coordinators().stream()
                .filter(name -> !name.equals(coordinator))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until every partition is on all nodes again and no copy is damaged. */
    void awaitAllCopies() throws InterruptedException {
        int nodes = cluster().nodes().size();
        Eventually.await(
                "all copies of all partitions",
                TIMEOUT,
                () -> client.describeCluster().partitions().stream()
                        .filter(partition -> partition.nodes().size() < nodes
                                || !partition.damaged().isEmpty())
                        .map(ClusterInfo.Partition::toString)
                        .findFirst()
                        .orElse(null));
    }

    /** The Raft term of a partition as a node says it. */
    long term(String node, int partition) throws InterruptedException {
        return (long) metrics(node).get("voronode_partition_term", "partition", Integer.toString(partition));
    }

    Metrics metrics(String process) throws InterruptedException {
        return Metrics.of(cluster().httpAddress(process));
    }

    long pid(String process) {
        return process(process).pid();
    }

    ServerProcess process(String name) {
        return cluster().process(name);
    }

    Map<String, Long> pidsOfNodes() {
        Map<String, Long> pids = new LinkedHashMap<>();
        cluster().nodes().forEach(node -> pids.put(node, pid(node)));
        return pids;
    }

    /** How long the logs of the nodes are. */
    Map<String, Long> logs() {
        return cluster().nodes().stream()
                .collect(Collectors.toMap(
                        Function.identity(), node -> process(node).logBytes()));
    }

    /** The lines of the nodes' logs behind these lengths that have a text in them. */
    List<String> logged(Map<String, Long> since, String text) {
        return since.entrySet().stream()
                .flatMap(log -> process(log.getKey()).logSince(log.getValue()).stream())
                .filter(line -> line.contains(text))
                .toList();
    }
}
