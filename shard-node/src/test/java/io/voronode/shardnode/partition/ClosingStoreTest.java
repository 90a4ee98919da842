package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ExportRequest;
import io.voronode.proto.internal.v1.ExportResponse;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.feed.PacedStream;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowBatch;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read under one view for as long as its caller takes gives way to a store that closes, as for a snapshot that is taken over. */
class ClosingStoreTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final int ROWS = 1_000;
    private static final int DIMENSION = 1_024;

    @TempDir
    private Path folder;

    private final StoreResources resources = new StoreResources();
    private RowStore store;

    @BeforeEach
    void fill() {
        store = RowStore.open(folder.resolve("store"), resources, _ -> {});
        StoredBody body = StoredBody.newBuilder()
                .setVector(VectorBytes.pack(new float[DIMENSION]))
                .build();
        try (RowBatch batch = new RowBatch(store)) {
            for (int i = 0; i < ROWS; i++) {
                byte[] row = RowKeys.row(SPEC.getUuid(), "key-" + i);
                batch.put(Family.HEADS, row, StoredHead.getDefaultInstance());
                batch.put(Family.BODIES, row, body);
            }
            StoredCollection collection = StoredCollection.newBuilder()
                    .setSpec(SPEC)
                    .setLiveRows(ROWS)
                    .build();
            batch.put(Family.META, RowKeys.meta(RowKeys.COLLECTION, SPEC.getUuid()), collection);
            store.write(batch);
        }
    }

    @AfterEach
    void close() {
        resources.close();
    }

    @Test
    void anExportThatIsTakenNoFurtherGivesWay() throws Exception {
        ExportRequest all =
                ExportRequest.newBuilder().setCollectionUuid(SPEC.getUuid()).build();
        assertGivesWay(new StallingCaller<ExportResponse>(), (view, out) -> new RowReader(0).export(view, all, out));
    }

    @Test
    void aSampleThatIsTakenNoFurtherGivesWay() throws Exception {
        SampleRequest all = SampleRequest.newBuilder()
                .setCollectionUuid(SPEC.getUuid())
                .setCount(ROWS)
                .build();
        assertGivesWay(
                new StallingCaller<SampleResponse>(),
                (view, out) -> Sampler.sample(view, all, ROWS, out, TimeUnit.MINUTES.toNanos(1)));
    }

    private interface Reading<T> {
        boolean send(RowView view, PacedStream<T> out) throws InterruptedException;
    }

    private <T> void assertGivesWay(StallingCaller<T> caller, Reading<T> reading) throws Exception {
        PacedStream<T> out = new PacedStream<>(caller);
        CompletableFuture<Boolean> sending = CompletableFuture.supplyAsync(
                () -> read(reading, out), Thread.ofPlatform().daemon()::start);
        assertThat(caller.taken.await(30, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(store::close, Thread.ofPlatform().daemon()::start);

        assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
        assertThat(sending)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(VoronodeException.Unavailable.class);
    }

    private <T> boolean read(Reading<T> reading, PacedStream<T> out) {
        try (RowView view = store.view()) {
            return reading.send(view, out);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes one message. */
    private static final class StallingCaller<T> extends ServerCallStreamObserver<T> {
        private final CountDownLatch taken = new CountDownLatch(1);

        @Override
        public void onNext(T message) {
            taken.countDown();
        }

        @Override
        public boolean isReady() {
            return taken.getCount() > 0;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}
    }
}
