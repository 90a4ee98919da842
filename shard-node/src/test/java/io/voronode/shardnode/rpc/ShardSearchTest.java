package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardSearchTest {
    private static final int DIMENSION = 2;

    @TempDir
    private Path folder;

    @Test
    void answersAllProbesWhenAMappedFileCannotBeRead() throws Exception {
        try (TestShards shards = new TestShards(folder, Metric.EUCLIDEAN, DIMENSION, 1, 7)) {
            shards.partitions.getFirst().upsert("a", new float[DIMENSION], "{}", List.of(Stamp.getDefaultInstance()));
            shards.assign(0);
            assertThat(shards.awaitVisible(0, shards.heads(), 10_000)).isNotEmpty();
            ShardProbe probe =
                    ShardProbe.newBuilder().addCells(0).addCentroidDistances(0).build();
            SearchRequest request = SearchRequest.newBuilder()
                    .setCollectionUuid(TestShards.COLLECTION)
                    .addQueries(QueryVector.newBuilder()
                            .setVector(VectorBytes.pack(new float[DIMENSION]))
                            .setK(1))
                    .addProbes(probe)
                    .addProbes(probe)
                    .build();
            try (SearchTargets targets =
                    SearchTargets.acquire(request, shards.replicaSet(), System.nanoTime() + 1_000_000_000)) {
                ShardSearch search = new ShardSearch(request, targets, ShardSearchTest::fault, ScanListener.NONE);
                Thread scan = Thread.ofPlatform().start(search::work);
                CompletableFuture<SearchResponse> answer = CompletableFuture.supplyAsync(
                        () -> await(search), Thread.ofPlatform().daemon()::start);

                assertThat(answer.get(10, TimeUnit.SECONDS).getResultsList())
                        .hasSize(2)
                        .extracting(ProbeResult::getCode)
                        .containsOnly(ProbeCode.PROBE_CODE_FAILED);
                scan.join();
            }
        }
    }

    private static boolean fault() {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
    }

    private static SearchResponse await(ShardSearch search) {
        try {
            return search.awaitResponse();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
