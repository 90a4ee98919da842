package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random histories: whatever happens to sources and replicas, what is searched equals the rows. */
final class ShardReplicaModelTest {
    private static final int DIMENSION = 8;
    private static final int KEYS = 150;
    private static final long DEADLINE_MS = 30_000;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("voronode.test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private boolean begun;

    @ParameterizedTest
    @EnumSource(Metric.class)
    void everySearchOverAllCellsEqualsBruteForce(Metric metric) throws Exception {
        try (TestShards shards = new TestShards(folder, metric, DIMENSION, 2, seed)) {
            run(shards, 400);
        }
    }

    @Test
    @Tag("slow")
    void everySearchEqualsBruteForceInALongHistory() throws Exception {
        try (TestShards shards = new TestShards(folder, Metric.COSINE, DIMENSION, 3, seed)) {
            run(shards, 3_000);
        }
    }

    private void run(TestShards shards, int steps) throws Exception {
        shards.feed.failScans(0.1);
        shards.assign(0);
        for (int step = 0; step < steps; step++) {
            if (step == steps / 3) {
                beginSecondGeneration(shards);
            }
            step(shards);
        }
        assignRest(shards);
        check(shards, 0);
        check(shards, 1);
        endFirstGeneration(shards);
    }

    private void step(TestShards shards) throws Exception {
        FakePartition partition = shards.partitions.get(random.nextInt(shards.partitions.size()));
        int dice = random.nextInt(1000);
        if (dice < 700) {
            write(shards);
        } else if (dice < 900) {
            String key = key();
            home(shards, key).delete(key);
        } else if (dice < 930) {
            partition.barrier();
        } else if (dice < 950 && begun) {
            assignOne(shards);
        } else if (dice < 975) {
            check(shards, 0);
        } else if (dice < 985) {
            shards.feed.breakStreams();
        } else if (dice < 990) {
            partition.trim();
        } else if (dice < 992) {
            partition.changeLineage("lineage-" + random.nextInt());
        } else if (dice < 997) {
            shards.stop();
            write(shards);
            shards.start();
        }
    }

    private String key() {
        return "key-" + random.nextInt(KEYS);
    }

    private static FakePartition home(TestShards shards, String key) {
        return shards.partitions.get(Math.floorMod(key.hashCode(), shards.partitions.size()));
    }

    private void write(TestShards shards) {
        String key = key();
        List<Stamp> stamps = new ArrayList<>(List.of(shards.stamp(random, 0)));
        if (begun) {
            stamps.add(shards.stamp(random, 1));
        }
        home(shards, key).upsert(key, TestShards.vector(random, DIMENSION), "{\"n\":" + random.nextInt() + "}", stamps);
    }

    private void beginSecondGeneration(TestShards shards) throws Exception {
        shards.assign(0, 1);
        shards.partitions.forEach(partition -> partition.begin(1));
        begun = true;
    }

    private void assignOne(TestShards shards) {
        FakePartition partition = shards.partitions.get(random.nextInt(shards.partitions.size()));
        partition.rows().entrySet().stream()
                .filter(row -> !row.getValue().stamps().containsKey(1))
                .findFirst()
                .ifPresent(row -> partition.assign(row.getKey(), shards.stamp(random, 1)));
    }

    private void assignRest(TestShards shards) {
        shards.partitions.forEach(partition ->
                partition.rows().keySet().forEach(key -> partition.assign(key, shards.stamp(random, 1))));
    }

    private void endFirstGeneration(TestShards shards) throws Exception {
        shards.partitions.forEach(partition -> partition.end(0));
        await(shards, 0, ProbeCode.PROBE_CODE_GENERATION_ENDED);
        check(shards, 1);
        shards.assign(1);
        await(shards, 0, ProbeCode.PROBE_CODE_NOT_HOSTED);
        assertThat(shards.indexFolder(TestShards.id(0, 0)))
                .as(describe("the folder of a shard that is not assigned"))
                .doesNotExist();
        check(shards, 1);
    }

    /** Searches with the present heads until all shards answer with the code. */
    private SearchResponse await(TestShards shards, int generation, ProbeCode code) {
        float[] query = TestShards.vector(random, DIMENSION);
        return await(shards, generation, code, query);
    }

    private SearchResponse await(TestShards shards, int generation, ProbeCode code, float[] query) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
        while (true) {
            SearchResponse response = shards.search(generation, query, KEYS, shards.heads(), 2_000);
            if (response.getResultsList().stream().allMatch(result -> result.getCode() == code)) {
                return response;
            }
            assertThat(System.nanoTime())
                    .as(describe("no " + code + " in time, but " + response + " of "
                            + shards.replicaSet().describe()))
                    .isLessThan(deadline);
        }
    }

    private void check(TestShards shards, int generation) {
        float[] query = TestShards.vector(random, DIMENSION);
        SearchResponse response = await(shards, generation, ProbeCode.PROBE_CODE_OK, query);
        Map<String, ShardHit> found = new HashMap<>();
        response.getResultsList().forEach(result -> {
            assertThat(result.getHitsList())
                    .as(describe("order of hits"))
                    .isSortedAccordingTo((a, b) -> a.getDistance() == b.getDistance()
                            ? a.getKey().compareTo(b.getKey())
                            : Float.compare(a.getDistance(), b.getDistance()));
            result.getHitsList()
                    .forEach(hit -> assertThat(found.put(hit.getKey(), hit))
                            .as(describe("key " + hit.getKey() + " twice"))
                            .isNull());
        });
        Map<String, FakePartition.Row> rows = new HashMap<>();
        shards.partitions.forEach(partition -> rows.putAll(partition.rows()));
        assertThat(found.keySet())
                .as(describe("keys of generation " + generation))
                .isEqualTo(rows.keySet());
        found.forEach((key, hit) ->
                compare(shards.map(generation).metric(), query, hit, Objects.requireNonNull(rows.get(key))));
    }

    private void compare(Metric metric, float[] query, ShardHit hit, FakePartition.Row row) {
        assertThat(hit.getVersion()).as(describe("version of " + hit.getKey())).isEqualTo(row.version());
        assertThat(hit.getPayload()).as(describe("payload of " + hit.getKey())).isEqualTo(row.payload());
        float[] from = query.clone();
        float[] to = VectorBytes.unpack(row.vector());
        if (metric == Metric.COSINE) {
            Vectors.normalize(from);
            Vectors.normalize(to);
        }
        assertThat(hit.getDistance())
                .as(describe("distance of " + hit.getKey()))
                .isCloseTo(Distances.distance(metric, from, to), within(1e-4f));
    }

    private String describe(String what) {
        return what + " (seed " + seed + ")";
    }
}
