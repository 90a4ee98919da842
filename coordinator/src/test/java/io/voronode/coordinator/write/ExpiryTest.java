package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that expire, on their way to the partitions and back. */
class ExpiryTest {
    private static final ByteString ID = ByteString.copyFrom(new byte[16]);

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 3, Metric.EUCLIDEAN, 4);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    private static Record.Builder record(String key) {
        return Record.newBuilder().setKey(key).setVector(Vector.newBuilder().addAllValues(List.of(1f, 2f, 3f, 4f)));
    }

    private List<RecordResult> upsert(Record... records) {
        UpsertRequest request = UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setRequestId(ID)
                .addAllRecords(List.of(records))
                .build();
        return coordinator.records().upsert(request).getResultsList();
    }

    private Record get(String key) {
        return coordinator
                .records()
                .get(GetRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys(key)
                        .build())
                .getRecords(0);
    }

    @Test
    void showsTheTimeThatWasGivenOrMadeOfATimeToLive() {
        long before = System.currentTimeMillis();
        upsert(
                record("a").setExpireTime(Timestamps.fromMillis(123_456)).build(),
                record("b").setTtl(Durations.fromMinutes(1)).build(),
                record("c").build());
        long after = System.currentTimeMillis();

        assertThat(Timestamps.toMillis(get("a").getExpireTime())).isEqualTo(123_456);
        assertThat(Timestamps.toMillis(get("b").getExpireTime())).isBetween(before + 60_000, after + 60_000);
        assertThat(get("c").getExpiryCase()).isEqualTo(Record.ExpiryCase.EXPIRY_NOT_SET);
    }

    @Test
    void aRepetitionDoesNotProlongTheLifeOfARecord() {
        Record record = record("a").setTtl(Durations.fromMinutes(1)).build();
        List<RecordResult> first = upsert(record);
        Record written = get("a");

        assertThat(upsert(record)).isEqualTo(first);
        assertThat(get("a")).isEqualTo(written);
    }

    @Test
    void refusesOnlyTheRecordsWhoseTimesAreNoTimes() {
        List<RecordResult> results = upsert(
                record("a").setTtl(Durations.fromSeconds(-1)).build(),
                record("b").setTtl(Durations.fromSeconds(60)).build());

        assertThat(results)
                .extracting(RecordResult::getCode)
                .containsExactly(RecordCode.RECORD_CODE_INVALID_ARGUMENT, RecordCode.RECORD_CODE_OK);
        assertThat(results.getFirst().getMessage()).startsWith("record 0: ttl of -1 s");
    }
}
