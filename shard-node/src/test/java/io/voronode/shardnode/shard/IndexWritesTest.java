package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class IndexWritesTest {
    private static final IndexLayout LAYOUT = new IndexLayout(IndexKind.FLAT, CellMap.single(Metric.EUCLIDEAN, 1));

    @TempDir
    Path folder;

    private final IndexBudget budget = new IndexBudget(16 << 20, 1);

    @Test
    void countsWhatANewSegmentAndItsCommitTake() throws IOException {
        try (ShardIndex index = ShardIndex.open(folder, LAYOUT, budget)) {
            index.upsert("key", row(1));
            index.commit(Map.of());
            // A segment of so little is written in its parts, and once more as one file.
            assertThat(budget.writes().flushedBytes()).isBetween(3 * fileBytes() / 2, 3 * fileBytes());
            assertThat(budget.writes().mergedBytes()).isZero();
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void countsMergedSegmentsApart() throws Exception {
        try (ShardIndex index = ShardIndex.open(folder, LAYOUT, budget)) {
            for (int i = 0; budget.writes().mergedBytes() == 0; i++) {
                index.upsert("key" + i, row(i));
                index.commit(Map.of());
            }
            assertThat(budget.writes().flushedBytes()).isPositive();
        }
    }

    private long fileBytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static ShardRow row(float x) {
        return ShardRow.newBuilder()
                .setVersion(1)
                .setVector(VectorBytes.pack(new float[] {x}))
                .setPayload("{}")
                .build();
    }
}
