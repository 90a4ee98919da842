package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.UpsertListener;
import io.voronode.client.VoronodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code voronode dev} with several nodes in its process. */
@Tag("slow")
final class DevNodesTest {
    private static final int RECORDS = 300;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path temp;

    private final Articles articles = new Articles("articles", Seeds.next("DevNodesTest"), 16);

    @Test
    void aFolderOfOneNodeGrowsToThreeAndStaysThat() throws InterruptedException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"))) {
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                client.createCollection(CollectionConfig.builder(articles.collection())
                        .dimension(articles.dimension())
                        .metric(Metric.EUCLIDEAN)
                        .build());
                client.upsertAll(
                        articles.collection(),
                        IntStream.range(0, RECORDS).mapToObj(articles::record).iterator(),
                        UpsertListener.NONE);
            }
            server.stop();
            server.restart(List.of("--nodes", "3"));
            awaitThreeReplicas(server);
            server.stop();

            Command fewer = Command.run(
                    TIMEOUT,
                    "dev",
                    "--data",
                    server.folder().toString(),
                    "--nodes",
                    "1",
                    "--port",
                    "0",
                    "--http-port",
                    "0");
            assertThat(fewer.exitCode()).isEqualTo(1);
            assertThat(fewer.err().strip()).endsWith("holds the data of 3 nodes: start it with --nodes 3 or more");

            server.restart();
            awaitThreeReplicas(server);
        }
    }

    private void awaitThreeReplicas(DevProcess server) throws InterruptedException {
        try (VoronodeClient client = VoronodeClient.connect(server.address())) {
            Eventually.await("three replicas", TIMEOUT, () -> {
                ClusterInfo cluster = client.describeCluster();
                return cluster.partitions().stream()
                                .allMatch(partition -> partition.nodes().size() == 3)
                        ? null
                        : cluster.partitions().toString();
            });
            List<Integer> all = IntStream.range(0, RECORDS).boxed().toList();
            assertThat(articles.countLost(client, all)).as("lost records").isZero();
            articles.checkExactSearches(client, RECORDS, 5, 10);
        }
    }
}
