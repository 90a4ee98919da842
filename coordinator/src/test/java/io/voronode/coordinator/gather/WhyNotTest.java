package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import io.voronode.proto.v1.WhyNotReason;
import io.voronode.proto.v1.WhyNotRequest;
import io.voronode.proto.v1.WhyNotResponse;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records on a line, ten to a cell: record i is at i, its cell is i / 10, and the query is at 0. */
class WhyNotTest {
    private static final int RECORDS = 100;

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, 2, Metric.EUCLIDEAN, 1);
        coordinator = new TestCoordinator(cluster, folder);
        float[][] sample = new float[RECORDS][];
        for (int i = 0; i < RECORDS; i++) {
            sample[i] = new float[] {i};
        }
        CellMap map = CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, 1, 10, 2, 1, 1), () -> false);
        cluster.begin(1, map);
        coordinator.images.set(cluster.image(1));
        UpsertRequest.Builder request =
                UpsertRequest.newBuilder().setCollection(FakeCluster.COLLECTION).setWait(Wait.WAIT_DURABLE);
        for (float[] vector : sample) {
            request.addRecords(
                    Record.newBuilder().setKey("at-" + (int) vector[0]).setVector(vector(vector[0])));
        }
        coordinator.records().upsert(request.build());
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void aRecordThatWasFoundIsToldWithItsRank() {
        WhyNotResponse answer = ask("at-2", params(5).setNprobe(1));
        assertThat(answer.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_FOUND);
        assertThat(answer.getRank()).isEqualTo(3);
        assertThat(answer.getDistance()).isCloseTo(2, Offset.offset(1e-6));
        assertThat(answer.getFarthestHitDistance()).isCloseTo(4, Offset.offset(1e-6));
        assertThat(answer.getCellRank()).isEqualTo(1);
        assertThat(answer.getExplanation().getWavesCount()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsNotThereIsNotLive() {
        coordinator
                .records()
                .delete(DeleteRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys("at-3")
                        .setWait(Wait.WAIT_DURABLE)
                        .build());
        for (String key : new String[] {"at-3", "nobody"}) {
            WhyNotResponse answer = ask(key, params(5));
            assertThat(answer.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_NOT_LIVE);
            assertThat(answer.hasDistance()).isFalse();
            assertThat(answer.hasRank()).isFalse();
        }
    }

    @Test
    void aRecordBehindTheKNearestIsBeatenWhetherOrNotItsCellWasScanned() {
        WhyNotResponse near = ask("at-5", params(5).setNprobe(1));
        assertThat(near.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_BEATEN);
        assertThat(near.getRank()).isEqualTo(6);
        WhyNotResponse far = ask("at-99", params(5).setNprobe(1));
        assertThat(far.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_BEATEN);
        assertThat(far.getRank()).isEqualTo(100);
        assertThat(far.getCellRank()).isGreaterThan(1);
    }

    @Test
    void aNearRecordInACellThatWasNotScannedIsToldWithTheRankOfTheCell() {
        WhyNotResponse answer = ask("at-40", params(50).setNprobe(2));
        assertThat(answer.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_CELL_NOT_SCANNED);
        assertThat(answer.getRank()).isEqualTo(41);
        assertThat(answer.getCellRank()).isGreaterThan(2);
        assertThat(ask("at-40", params(50).setNprobe(answer.getCellRank())).getReason())
                .isEqualTo(WhyNotReason.WHY_NOT_REASON_FOUND);
    }

    @Test
    void aNearRecordThatOnlyAnExactSearchFindsIsLostToCodes() {
        cluster.loseToCodes("at-1");
        WhyNotResponse answer = ask("at-1", params(5).setNprobe(2));
        assertThat(answer.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_LOST_TO_CODES);
        assertThat(answer.getRank()).isEqualTo(2);
    }

    @Test
    void aRecordThatTheIndexDoesNotHaveYetIsNotVisible() {
        cluster.hideFromShards("at-1");
        WhyNotResponse answer = ask("at-1", params(5));
        assertThat(answer.getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_NOT_VISIBLE);
        assertThat(answer.getDistance()).isCloseTo(1, Offset.offset(1e-6));
        assertThat(answer.hasRank()).isFalse();
    }

    @Test
    void aRecordThatTheFilterDoesNotMatchIsFilteredOut() {
        cluster.setFilter(key -> !key.equals("at-1"));
        Filter filter = Filter.newBuilder()
                .setExists(ExistsFilter.newBuilder().setField("any"))
                .build();
        assertThat(ask("at-1", params(5).setFilter(filter)).getReason())
                .isEqualTo(WhyNotReason.WHY_NOT_REASON_FILTERED_OUT);
        assertThat(ask("at-2", params(5).setFilter(filter)).getReason()).isEqualTo(WhyNotReason.WHY_NOT_REASON_FOUND);
    }

    @Test
    void badKeysAndParametersAreRefused() {
        assertThatThrownBy(() -> ask("", params(5)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT");
        assertThatThrownBy(() -> ask("at-1", params(0))).hasMessageContaining("k = 0 is not within 1 to 10000");
    }

    private WhyNotResponse ask(String key, SearchParams.Builder params) {
        return coordinator
                .search()
                .whyNot(WhyNotRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setKey(key)
                        .setQuery(Query.newBuilder().setVector(vector(0)))
                        .setParams(params)
                        .build());
    }

    private static SearchParams.Builder params(int k) {
        return SearchParams.newBuilder().setK(k);
    }

    private static Vector vector(float value) {
        return Vector.newBuilder().addValues(value).build();
    }
}
