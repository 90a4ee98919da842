package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.TooLarge;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hits whose payloads, or even keys, do not fit into one answer of a node. */
class LargeAnswerTest {
    private static final int RECORDS = 120;
    private static final int SHARDS = 4;

    @TempDir
    Path folder;

    private final Random random = new Random(5);
    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(1, 2, Metric.EUCLIDEAN, 2);
        coordinator = new TestCoordinator(cluster, folder);
        float[][] vectors = new float[RECORDS][];
        for (int i = 0; i < RECORDS; i++) {
            vectors[i] = new float[] {random.nextFloat(), random.nextFloat()};
        }
        CellMap map = CellTrainer.train(vectors, new CellTraining(Metric.EUCLIDEAN, 2, 8, SHARDS, 1, 1), () -> false);
        cluster.begin(1, map);
        coordinator.images.set(cluster.image(1));
        for (int i = 0; i < RECORDS; i++) {
            write("key-" + i, vectors[i][0], vectors[i][1], "{\"is\":\"key-" + i + "\"}");
        }
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void payloadsThatWereLeftOutAreReadByKey() {
        SearchResult whole = search(params(RECORDS));
        cluster.setPayloadBytes(300);
        assertThat(search(params(RECORDS)).getHitsList()).isEqualTo(whole.getHitsList());
        assertThat(whole.getHitsList())
                .hasSize(RECORDS)
                .allMatch(hit -> hit.getPayload().equals("{\"is\":\"" + hit.getKey() + "\"}"));
    }

    @Test
    void aRecordWhosePayloadWasLeftOutIsShownWholeAsItIsNow() {
        Hit nearest = search(params(1)).getHits(0);
        cluster.setPayloadBytes(0);
        cluster.changeForReads(nearest.getKey());

        Hit now = search(params(1)).getHits(0);
        assertThat(now.getKey()).isEqualTo(nearest.getKey());
        assertThat(now.getVersion()).isEqualTo(nearest.getVersion() + 1);
        assertThat(now.getPayload()).isEqualTo("{\"changed\":true}");

        Filter any = Filter.newBuilder()
                .setExists(ExistsFilter.newBuilder().setField("is"))
                .build();
        assertThat(search(params(1).setFilter(any)).getHits(0).getKey())
                .as("it may not meet the filter any more")
                .isNotEqualTo(nearest.getKey());
        cluster.hideFromReads(List.of(nearest.getKey()));
        assertThat(search(params(1)).getHits(0).getKey()).as("it is gone").isNotEqualTo(nearest.getKey());
    }

    @Test
    void aNodeIsAskedForLessAtATimeWhenItsAnswerIsTooLarge() {
        SearchResult whole = search(params(RECORDS));
        cluster.node(0).searches.clear();
        cluster.node(0).messageBytes = 4_000;

        assertThat(search(params(RECORDS)).getHitsList()).isEqualTo(whole.getHitsList());
        assertThat(cluster.node(0).searches).hasSizeBetween(2, 2 * SHARDS);
    }

    @Test
    void aSearchFailsAtOnceWhenNoAnswerFits() {
        cluster.node(0).messageBytes = 10;
        assertThatThrownBy(() -> search(params(10)))
                .satisfies(e -> assertThat(Statuses.fromGrpc(e)).isInstanceOf(TooLarge.class));
        assertThat(cluster.node(0).searches).hasSizeLessThanOrEqualTo(2 * SHARDS);
    }

    @Test
    void anAnswerAboveThePublicLimitIsRefusedForGood() {
        String large = "{\"is\":\"" + "x".repeat(60_000) + "\"}";
        for (int i = 0; i < 300; i++) {
            write("large-" + i, random.nextFloat(), random.nextFloat(), large);
        }
        assertThatThrownBy(() -> search(params(RECORDS + 300)))
                .hasMessageContaining("ask for less at a time")
                .satisfies(e -> assertThat(Statuses.fromGrpc(e)).isInstanceOf(TooLarge.class));
        assertThat(search(params(100)).getHitsCount()).isEqualTo(100);
    }

    private void write(String key, float x, float y, String payload) {
        coordinator
                .records()
                .upsert(UpsertRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addRecords(Record.newBuilder()
                                .setKey(key)
                                .setVector(Vector.newBuilder().addValues(x).addValues(y))
                                .setPayload(payload))
                        .build());
    }

    private SearchResult search(SearchParams.Builder params) {
        return coordinator
                .search()
                .search(SearchRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setQuery(Query.newBuilder()
                                .setVector(Vector.newBuilder().addValues(0.5F).addValues(0.5F)))
                        .setParams(params)
                        .build())
                .getResult();
    }

    private static SearchParams.Builder params(int k) {
        return SearchParams.newBuilder().setK(k).setNprobe(-1).setWithPayload(true);
    }
}
