package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.client.CollectionConfig;
import io.voronode.client.Consistency;
import io.voronode.client.Metric;
import io.voronode.client.ReadOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WriteResult;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that reach the server more than once: sent again after a kill, or held back on their way until a newer one has passed. */
@Tag("slow")
final class ExactlyOnceTest {
    private static final String COLLECTION = "once";
    private static final int RECORDS = 20_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    Path temp;

    private DevProcess server;
    private VoronodeClient client;

    @BeforeEach
    void start() throws InterruptedException {
        server = DevProcess.start(temp.resolve("data"));
        client = VoronodeClient.builder()
                .address(server.address())
                .deadline(TIMEOUT)
                .retryFor(TIMEOUT)
                .build();
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(2)
                .metric(Metric.EUCLIDEAN)
                .build());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void aFirstAttemptThatComesAfterItsRepetitionAndANewerWriteOverwritesNothing() throws InterruptedException {
        UpsertRequest first = UpsertRequest.newBuilder()
                .setCollection(COLLECTION)
                .setRequestId(ByteString.copyFromUtf8("0123456789abcdef"))
                .addRecords(message("a", 1))
                .addRecords(message("b", 1))
                .build();
        UpsertRequest repeatedPart = first.toBuilder()
                .clearRecords()
                .addRecords(message("b", 1))
                .addOrdinals(1)
                .build();
        UpsertResponse repeated = upsert(repeatedPart);
        WriteResult newer = client.upsert(COLLECTION, VectorRecord.of("b", 2, 2));

        UpsertResponse late = upsert(first);
        server.kill();
        server.restart();
        UpsertResponse afterTheKill = upsert(first);

        assertThat(late.getResults(0).getExisted()).as("a is new").isFalse();
        assertThat(late.getResults(1)).isEqualTo(repeated.getResults(0));
        assertThat(afterTheKill.getResultsList()).isEqualTo(late.getResultsList());
        assertThat(client.get(COLLECTION, "b").orElseThrow().version()).isEqualTo(newer.version());
        assertThat(client.get(COLLECTION, "a").orElseThrow().version())
                .isEqualTo(late.getResults(0).getVersion());
    }

    private UpsertResponse upsert(UpsertRequest request) {
        try (Channels channels = new Channels()) {
            return RecordServiceGrpc.newBlockingStub(channels.to(server.address()))
                    .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .upsert(request);
        }
    }

    private static Record message(String key, float value) {
        return Record.newBuilder()
                .setKey(key)
                .setVector(Vector.newBuilder().addValues(value).addValues(value))
                .build();
    }

    /** A record that is written twice existed at its second writing, or has a version beyond the one that was told. */
    @Test
    void aBulkUpsertGoesOnOverAKillAndWritesEachRecordOnce() throws Exception {
        Map<String, WriteResult> told = new ConcurrentHashMap<>();
        FutureTask<UpsertSummary> upsert = new FutureTask<>(() -> client.upsertAll(
                COLLECTION,
                IntStream.range(0, RECORDS).mapToObj(i -> record(i)).iterator(),
                results -> results.forEach(result -> told.put(result.key(), result))));
        Thread.ofVirtual().start(upsert);
        awaitProgress(upsert, RECORDS / 4, told::size);
        server.kill();
        server.restart();

        assertThat(upsert.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new UpsertSummary(RECORDS, 0, 0));
        assertThat(told.values()).noneMatch(WriteResult::existed);
        Map<String, Long> versions =
                told.values().stream().collect(Collectors.toMap(WriteResult::key, WriteResult::version));
        Map<String, Long> stored = new HashMap<>();
        client.scroll(COLLECTION, ReadOptions.DEFAULT.with(Consistency.STRONG)).forEach(record -> {
            assertThat(record.payload()).isEqualTo("{\"of\":\"" + record.key() + "\"}");
            assertThat(stored.put(record.key(), record.version())).isNull();
        });
        assertThat(stored).hasSize(RECORDS).isEqualTo(versions);
    }

    private static VectorRecord record(int i) {
        return VectorRecord.builder("k" + i)
                .vector(i, 1)
                .payload("{\"of\":\"k" + i + "\"}")
                .build();
    }

    /** The file has every key twice, far apart: an old line that is applied late would be seen. */
    @Test
    void aLoadGoesOnOverAKillAndTheLaterLineOfEachKeyStays() throws Exception {
        Path file = temp.resolve("records.jsonl");
        writeLines(file);
        CompletableFuture<Command> load = runInBackground("load", COLLECTION, file.toString());
        awaitProgress(load, RECORDS / 4, () -> (int) client.count(COLLECTION));
        server.kill();
        server.restart();

        Command loaded = load.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(loaded.exitCode()).as(loaded.err()).isZero();
        assertThat(loaded.err()).contains("20 000 records written");
        assertThat(client.scroll(COLLECTION, ReadOptions.DEFAULT.with(Consistency.STRONG))
                        .map(StoredRecord::payload))
                .hasSize(RECORDS / 2)
                .containsOnly("{\"line\":\"later\"}");
    }

    private static void writeLines(Path file) throws IOException {
        Files.write(
                file,
                IntStream.range(0, RECORDS)
                        .mapToObj(i -> "{\"key\":\"k" + i % (RECORDS / 2) + "\",\"vector\":[" + i
                                + ",1],\"payload\":{\"line\":\"" + (i < RECORDS / 2 ? "earlier" : "later") + "\"}}")
                        .toList());
    }

    private CompletableFuture<Command> runInBackground(String... arguments) {
        CompletableFuture<Command> done = new CompletableFuture<>();
        List<String> onServer = new ArrayList<>(List.of(arguments));
        onServer.addAll(List.of("--server", server.address()));
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(Command.run(TIMEOUT, onServer.toArray(String[]::new)));
            } catch (InterruptedException | RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static void awaitProgress(Future<?> work, int records, IntSupplier written) throws InterruptedException {
        Eventually.await(records + " records", TIMEOUT, () -> {
            assertThat(work.isDone()).as("over before the kill").isFalse();
            return written.getAsInt() >= records ? null : "only " + written.getAsInt();
        });
    }
}
