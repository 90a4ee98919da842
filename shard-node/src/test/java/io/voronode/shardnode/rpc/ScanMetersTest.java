package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.shardnode.metrics.ScanMeters;
import io.voronode.shardnode.shard.ShardReplica;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the meters tell after searches in the two shards of a generation. */
final class ScanMetersTest {
    private static final int DIMENSION = 4;
    private static final int RECORDS = 200;
    private static final int GENERATION = 1;
    private static final long DEADLINE_MS = 20_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(7);
    private TestShards shards;

    @BeforeEach
    void start() throws Exception {
        shards = new TestShards(folder, Metric.EUCLIDEAN, DIMENSION, 1, 7);
        shards.partitions.getFirst().begin(GENERATION);
        shards.assign(GENERATION);
        for (int i = 0; i < RECORDS; i++) {
            List<Stamp> stamps = List.of(shards.stamp(random, GENERATION));
            shards.partitions.getFirst().upsert("key-" + i, TestShards.vector(random, DIMENSION), "{}", stamps);
        }
        assertThat(shards.awaitVisible(GENERATION, shards.heads(), DEADLINE_MS)).hasSize(2);
    }

    @AfterEach
    void stop() {
        shards.close();
    }

    private SearchRequest.Builder request() {
        return shards.request(GENERATION, TestShards.vector(random, DIMENSION), 10, shards.heads()).toBuilder();
    }

    private double counter(String name) {
        return shards.meters.get(name).counter().count();
    }

    private long searches(int shard) {
        ShardReplica replica = shards.replicaSet().find(TestShards.id(GENERATION, shard));
        return Objects.requireNonNull(replica).searches();
    }

    @Test
    void searchesAreCountedWithWhatTheyTook() {
        SearchResponse first = shards.search(request().build(), DEADLINE_MS);
        SearchResponse second = shards.search(
                request().clearProbes().addProbes(request().getProbes(0)).build(), DEADLINE_MS);

        assertThat(shards.meters.get("voronode.scan").timer().count()).isEqualTo(3);
        assertThat(shards.meters.get("voronode.scan").timer().totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
        assertThat(shards.meters.get("voronode.scan.queue").timer().count()).isEqualTo(2);
        assertThat(counter("voronode.scan.vectors"))
                .isGreaterThanOrEqualTo(RECORDS)
                .isEqualTo((double) (sum(first) + sum(second)));
        assertThat(counter("voronode.scan.codes")).isZero();
        assertThat(counter("voronode.scan.refined")).isZero();
        assertThat(counter("voronode.scan.cpu.seconds"))
                .as("within the time of the scans and of taking the time")
                .isBetween(0.0, shards.meters.get("voronode.scan").timer().totalTime(TimeUnit.SECONDS) + 1);
        assertThat(searches(0)).isEqualTo(2);
        assertThat(searches(1)).isEqualTo(1);
    }

    private static long sum(SearchResponse response) {
        return response.getResultsList().stream()
                .mapToLong(ProbeResult::getVectorsScanned)
                .sum();
    }

    @Test
    void searchesInTheBackgroundAreNot() {
        SearchResponse response = shards.search(request().setBackground(true).build(), DEADLINE_MS);

        assertThat(sum(response)).isGreaterThanOrEqualTo(RECORDS);
        assertThat(shards.meters.get("voronode.scan").timer().count()).isZero();
        assertThat(shards.meters.get("voronode.scan.queue").timer().count()).isZero();
        assertThat(counter("voronode.scan.vectors")).isZero();
        assertThat(counter("voronode.scan.cpu.seconds")).isZero();
        assertThat(searches(0) + searches(1)).isZero();
    }

    @Test
    void aScanThatBreaksOffCountsByItsTimeAndAnswersNobody() throws Exception {
        SearchRequest request = request().build();
        try (SearchTargets targets = SearchTargets.acquire(request, shards.replicaSet(), System.nanoTime())) {
            ShardSearch search = new ShardSearch(request, targets, () -> true, new ScanMeters(shards.meters));
            Thread scan = Thread.ofPlatform().start(search::work);

            assertThat(search.awaitResponse().getResultsList())
                    .extracting(ProbeResult::getMessage)
                    .containsOnly("cancelled");
            scan.join();
        }
        assertThat(shards.meters.get("voronode.scan").timer().count()).isEqualTo(request.getProbesCount());
        assertThat(counter("voronode.scan.vectors")).isZero();
        assertThat(searches(0) + searches(1)).isZero();
    }
}
