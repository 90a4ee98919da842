package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakePartition;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.coordinator.route.PartitionHash;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that wait for what does not come leave room for others. */
class WaitingWritesTest {
    private static final int PARTITIONS = 3;
    /** More than two processors work on at a time and keep waiting. */
    private static final int WRITES = 200;

    @TempDir
    Path folder;

    private final List<ListenableFuture<UpsertResponse>> writes = new ArrayList<>();
    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, PARTITIONS, Metric.EUCLIDEAN, 2);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        writes.forEach(write -> write.cancel(true));
        coordinator.close();
        cluster.close();
    }

    @Test
    void writesThatWaitForTheIndexDoNotHoldUpReads() {
        cluster.node(0).setInvisible(true);
        cluster.node(1).setInvisible(true);
        for (int i = 0; i < WRITES; i++) {
            write("key-" + i);
            if (i % 50 == 49) {
                awaitApplied(i + 1);
            }
        }
        assertThat(get("key-7").getResults(0).getCode()).isEqualTo(RecordCode.RECORD_CODE_OK);
    }

    @Test
    void writesToAPartitionWithoutALeaderDoNotHoldUpTheOthers() {
        String other = keysOf(1).findFirst().orElseThrow();
        write(other);
        awaitApplied(1);
        cluster.partition(0).setLeader("nowhere");
        keysOf(0).limit(WRITES).forEach(this::write);
        awaitAnswered(other);
    }

    /** While the first attempts are under way all places are taken, for a moment. */
    private void awaitAnswered(String key) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!isAnswered(key)) {
            assertThat(System.nanoTime()).as("%s answered in time", key).isLessThan(end);
        }
    }

    private boolean isAnswered(String key) {
        try {
            return get(key).getResults(0).getCode() == RecordCode.RECORD_CODE_OK;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private static Stream<String> keysOf(int partition) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "key-" + i)
                .filter(key -> PartitionHash.partition(key, PARTITIONS) == partition);
    }

    private void write(String key) {
        writes.add(RecordServiceGrpc.newFutureStub(coordinator.channel())
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .upsert(UpsertRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addRecords(Record.newBuilder()
                                .setKey(key)
                                .setVector(Vector.newBuilder().addValues(1).addValues(2)))
                        .build()));
    }

    private void awaitApplied(int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (applied() < count) {
            assertThat(System.nanoTime()).as("%d writes applied in time", count).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private int applied() {
        return cluster.partitions().stream()
                .mapToInt(FakePartition::appliedWrites)
                .sum();
    }

    private GetResponse get(String key) {
        return coordinator
                .records()
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .get(GetRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys(key)
                        .build());
    }
}
