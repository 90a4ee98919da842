package io.voronode.coordinator.delete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.DeleteByFilterResponse;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterDeletesTest {
    private static final int RECORDS = 40;

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 3, Metric.COSINE, 4);
        coordinator = new TestCoordinator(cluster, folder);
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(FakeCluster.COLLECTION);
        for (int i = 0; i < RECORDS; i++) {
            request.addRecords(Record.newBuilder()
                    .setKey("k" + i)
                    .setVector(Vector.newBuilder()
                            .addValues(i)
                            .addValues(1)
                            .addValues(2)
                            .addValues(3)));
        }
        coordinator.records().upsert(request.build());
        cluster.setFilter(key -> Integer.parseInt(key.substring(1)) < 30);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void deletesWhatMatchesSomeAtATimeAndSaysWhetherMoreDoes() {
        DeleteByFilterResponse first = delete(request().setLimit(25));
        DeleteByFilterResponse second = delete(request().setLimit(25).setSessionToken(first.getSessionToken()));
        DeleteByFilterResponse third = delete(request());

        assertThat(first.getMatched()).isEqualTo(30);
        assertThat(first.getDeleted()).isEqualTo(25);
        assertThat(first.getMore()).isTrue();
        assertThat(second.getMatched()).isEqualTo(5);
        assertThat(second.getDeleted()).isEqualTo(5);
        assertThat(second.getMore()).isFalse();
        assertThat(third.getMatched()).isZero();
        assertThat(third.getMore()).isFalse();
        assertThat(count()).isEqualTo(RECORDS - 30);
    }

    @Test
    void aDryRunOnlyCounts() {
        DeleteByFilterResponse response = delete(request().setDryRun(true));

        assertThat(response.getMatched()).isEqualTo(30);
        assertThat(response.getDeleted()).isZero();
        assertThat(response.getMore()).isTrue();
        assertThat(count()).isEqualTo(RECORDS);
    }

    @Test
    void leavesRecordsThatAreWrittenBetweenBeingFoundAndBeingDeleted() {
        cluster.afterSearch(() -> cluster.partitions().forEach(partition -> partition.touch("k7")));

        DeleteByFilterResponse response = delete(request());

        assertThat(response.getDeleted()).isEqualTo(29);
        assertThat(response.getChanged()).isEqualTo(1);
        assertThat(response.getMore()).isFalse();
        assertThat(count()).isEqualTo(RECORDS - 29);
    }

    @Test
    void asksForWhatWasWrittenBeforeTheCall() {
        delete(request());

        SearchRequest asked = null;
        for (int node = 0; node < 3; node++) {
            asked = cluster.node(node).searches.isEmpty()
                    ? asked
                    : cluster.node(node).searches.peek();
        }
        assertThat(asked).isNotNull();
        assertThat(asked.getAtLeastList()).as("a barrier in every partition").hasSize(3);
        assertThat(asked.getProbesList()).allSatisfy(probe -> {
            assertThat(probe.getCellsList()).isEmpty();
            assertThat(probe.getExactLimit()).isEqualTo(Integer.MAX_VALUE);
        });
    }

    @Test
    void deletesNothingWhereAShardCannotTell() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).probeCodes.put(0, ProbeCode.PROBE_CODE_BEHIND);
        }

        assertThatThrownBy(() -> coordinator
                        .records()
                        .withDeadlineAfter(Duration.ofSeconds(2))
                        .deleteByFilter(request().build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    assertThat(e.getStatus().getDescription())
                            .contains("shard 0")
                            .contains("BEHIND");
                });
        assertThat(count()).isEqualTo(RECORDS);
    }

    @Test
    void goesOnInTheGenerationThatServesNow() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).probeCodes.put(0, ProbeCode.PROBE_CODE_GENERATION_ENDED);
        }
        coordinator.images.onRefresh(() -> {
            for (int node = 0; node < 3; node++) {
                cluster.node(node).probeCodes.clear();
            }
        });

        assertThat(delete(request()).getDeleted()).isEqualTo(30);
    }

    @Test
    void refusesAFilterThatSaysNothingAndALimitBeyondWhatACallMayDelete() {
        refused(DeleteByFilterRequest.newBuilder().setCollection(FakeCluster.COLLECTION), "filter: has no condition");
        refused(request().setLimit(5_001), "limit = 5001 is not within 0 to 5000");
    }

    private void refused(DeleteByFilterRequest.Builder request, String message) {
        assertThatThrownBy(() -> delete(request)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(e.getStatus().getDescription()).contains(message);
        });
    }

    private static DeleteByFilterRequest.Builder request() {
        return DeleteByFilterRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setFilter(
                        Filter.newBuilder().setExists(ExistsFilter.newBuilder().setField("decided by the fake")));
    }

    private DeleteByFilterResponse delete(DeleteByFilterRequest.Builder request) {
        return coordinator.records().deleteByFilter(request.build());
    }

    private long count() {
        return coordinator
                .records()
                .count(CountRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .build())
                .getCount();
    }
}
