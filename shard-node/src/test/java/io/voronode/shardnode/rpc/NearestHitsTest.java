package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.search.CellQuery;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.shardnode.shard.PayloadRoom;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.ShardReplica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NearestHitsTest {
    private static final int DIMENSION = 2;
    private static final int K = 5;

    @TempDir
    private Path folder;

    @Test
    void whereTheRecordsOfOneShardCannotBeReadOthersTakeTheirPlace() throws Exception {
        try (TestShards shards = new TestShards(folder, Metric.EUCLIDEAN, DIMENSION, 1, 7)) {
            shards.partitions.getFirst().begin(1);
            for (int i = 0; i < 2 * K; i++) {
                shards.upsertInto(0, 0, "near-" + i, new float[] {i, 0});
                shards.upsertInto(1, 0, "far-" + i, new float[] {100 + i, 0});
            }
            shards.assign(1);
            assertThat(shards.awaitVisible(1, shards.heads(), 10_000)).containsExactly(0, 1);
            ProbeScan unreadable = new ProbeScan();
            ProbeScan readable = new ProbeScan();
            PublishedIndex closed = scan(shards, 0, unreadable);
            PublishedIndex held = scan(shards, 1, readable);
            closed.release();
            shards.assign();

            NearestHits.read(List.of(unreadable, readable), K, Float.POSITIVE_INFINITY, PayloadRoom.none());

            assertThat(unreadable.result().getCode()).isEqualTo(ProbeCode.PROBE_CODE_FAILED);
            assertThat(unreadable.result().getHitsList()).isEmpty();
            assertThat(readable.result().getHitsList())
                    .extracting(ShardHit::getKey)
                    .containsExactly("far-0", "far-1", "far-2", "far-3", "far-4");
            held.release();
        }
    }

    /** As the scan of a probe of all cells; the state is the caller's to release. */
    private static PublishedIndex scan(TestShards shards, int shard, ProbeScan scan) throws IOException {
        ShardReplica replica = Objects.requireNonNull(shards.replicaSet().find(TestShards.id(1, shard)));
        PublishedIndex index = Objects.requireNonNull(replica.acquire());
        int[] cells = shards.map(1).cellsOf(shard);
        CellQuery query = new CellQuery(
                new float[DIMENSION],
                K,
                cells,
                new float[cells.length],
                Float.POSITIVE_INFINITY,
                CellQuery.EXACT,
                null,
                () -> false);
        scan.scanned(replica, index, index.search(query, 0), ProbeResult.newBuilder());
        return index;
    }
}
