package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Wait;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.TooLarge;
import io.voronode.wire.VoronodeException.Unavailable;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Unary calls: splitting, order, tokens, retries, deadlines, errors. */
final class VoronodeClientTest {
    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void asksOnceForWhatIsTooLargeForAMessage() {
        server.failNext(1, new TooLarge("ask for less at a time"));

        assertThatThrownBy(() -> client.search("c", Query.of("k"), SearchOptions.top(10)))
                .isInstanceOf(TooLarge.class)
                .hasMessage("ask for less at a time");
        assertThat(server.calls).hasValue(1);
    }

    @Test
    void splitsAnUpsertAtTenThousandRecordsAndMergesTheResultsInOrder() {
        List<VectorRecord> records = IntStream.range(0, 25_000)
                .mapToObj(i -> VectorRecord.of("k" + i, i))
                .toList();

        WriteReport report = client.upsert("c", records);

        assertThat(server.upserts).extracting(UpsertRequest::getRecordsCount).containsExactly(10_000, 10_000, 5_000);
        assertThat(report.results())
                .extracting(WriteResult::key)
                .containsExactlyElementsOf(
                        records.stream().map(VectorRecord::key).toList());
        assertThat(report.ok()).isTrue();
    }

    @Test
    void splitsAnUpsertBelowTheMessageLimit() {
        byte[] content = new byte[900_000];
        List<VectorRecord> records = IntStream.range(0, 40)
                .mapToObj(i -> VectorRecord.builder("k" + i)
                        .vector(1)
                        .document(new Document(content, ""))
                        .build())
                .toList();

        assertThat(client.upsert("c", records).ok()).isTrue();

        assertThat(server.upserts).hasSizeGreaterThan(2);
        assertThat(server.upserts)
                .allSatisfy(request -> assertThat(request.getSerializedSize()).isLessThan(16 << 20));
        assertThat(server.records).hasSize(40);
    }

    @Test
    void answersAHugeRecordItselfAndWritesTheOthers() {
        VectorRecord huge = VectorRecord.builder("huge")
                .vector(1)
                .document(new Document(new byte[20 << 20], ""))
                .build();

        WriteReport report = client.upsert("c", List.of(VectorRecord.of("a", 1), huge, VectorRecord.of("b", 1)));

        assertThat(report.results())
                .extracting(WriteResult::status)
                .containsExactly(RecordStatus.OK, RecordStatus.INVALID_ARGUMENT, RecordStatus.OK);
        assertThat(report.results().get(1).message()).contains("960 KiB");
    }

    @Test
    void waitsForTheIndexWithOneRecordAndNotWithMany() {
        client.upsert("c", VectorRecord.of("a", 1));
        client.upsert("c", List.of(VectorRecord.of("a", 1), VectorRecord.of("b", 1)));

        assertThat(server.upserts)
                .extracting(UpsertRequest::getWait)
                .containsExactly(Wait.WAIT_INDEXED, Wait.WAIT_DURABLE);
    }

    @Test
    void carriesTheTokenOfEachCollection() {
        client.upsert("c", VectorRecord.of("a", 1));
        client.get("c", "a");
        client.count("other");
        client.search("c", Query.of("x"), SearchOptions.top(1));

        assertThat(server.tokensOfReads).containsExactly("1;", "", "1;");
    }

    @Test
    void carriesNoTokenWhenToldSo() {
        try (VoronodeClient stateless = VoronodeClient.builder()
                .address(server.address)
                .carrySessions(false)
                .build()) {
            stateless.upsert("c", VectorRecord.of("a", 1));
            stateless.count("c");
        }

        assertThat(server.tokensOfReads).containsExactly("");
    }

    @Test
    void forgetsATokenThatTheServerNoLongerTakes() {
        client.upsert("c", VectorRecord.of("a", 1));
        server.failNext(1, new BadInput("session token is of another collection"));

        assertThat(client.count("c")).isEqualTo(1);
        client.count("c");

        assertThat(server.tokensOfReads).containsExactly("1;", "", "");
    }

    @Test
    void retriesWhatMayPassAndGivesUpWhenTheTimeIsOver() {
        server.failNext(2, new Unavailable("starting"));
        assertThat(client.count("c")).isZero();
        assertThat(server.calls).hasValue(3);

        try (VoronodeClient impatient = VoronodeClient.builder()
                .address(server.address)
                .retryFor(Duration.ofMillis(300))
                .build()) {
            server.failNext(1_000, new Overload("too many requests", Duration.ofMillis(20)));
            long start = System.nanoTime();
            assertThatThrownBy(() -> impatient.count("c"))
                    .isInstanceOf(Overload.class)
                    .hasMessage("too many requests");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void closingEndsCallsThatWaitForTheirNextAttempt() throws Exception {
        server.failRecord(
                "a", Collections.nCopies(20, RecordCode.RECORD_CODE_UNAVAILABLE).toArray(RecordCode[]::new));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        VoronodeClient lost = VoronodeClient.connect("127.0.0.1:" + port);
        VoronodeClient refused = VoronodeClient.connect(server.address);
        CompletableFuture<WriteReport> refusedWrite =
                refused.async().upsert("c", List.of(VectorRecord.of("a", 1)), io.voronode.client.Wait.DEFAULT);
        CompletableFuture<Long> lostCount = lost.async().count("c", Consistency.DEFAULT);
        // Pauses of a second and more follow the fifth attempt; both calls are in one of them by now.
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (server.upserts.size() < 6) {
            assertThat(System.nanoTime()).as("six attempts in time").isLessThan(end);
            Thread.sleep(10);
        }

        refused.close();
        lost.close();

        assertThatThrownBy(() -> refusedWrite.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> lostCount.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> refused.upsertAll("c", List.of(VectorRecord.of("a", 1)), results -> {}))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void doesNotRetryWhatStaysWrong() {
        server.failNext(1, new NotFound("no collection \"c\""));
        assertThatThrownBy(() -> client.count("c")).isInstanceOf(NotFound.class).hasMessage("no collection \"c\"");

        server.failNext(1, new Conflict(Reason.NOT_POSSIBLE_NOW, "being built"));
        assertThatThrownBy(() -> client.count("c"))
                .isInstanceOfSatisfying(
                        Conflict.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW));
        assertThat(server.calls).hasValue(2);
    }

    @Test
    void sendsRecordsAgainThatCouldNotBeWritten() {
        server.failRecord("b", RecordCode.RECORD_CODE_UNAVAILABLE, RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED);

        WriteReport report = client.upsert("c", List.of(VectorRecord.of("a", 1), VectorRecord.of("b", 2)));

        assertThat(report.ok()).isTrue();
        assertThat(server.upserts)
                .extracting(request ->
                        request.getRecordsList().stream().map(Record::getKey).toList())
                .containsExactly(List.of("a", "b"), List.of("b"), List.of("b"));
    }

    @Test
    void failsOverToTheNextAddress() {
        try (FakeCoordinator second = new FakeCoordinator();
                VoronodeClient both = VoronodeClient.connect(server.address, second.address)) {
            server.close();

            assertThat(both.upsert("c", VectorRecord.of("a", 1)).ok()).isTrue();
            assertThat(second.records).containsKey("a");
        }
    }

    @Test
    void saysWhichAddressCannotBeReached() {
        try (VoronodeClient lost = VoronodeClient.builder()
                .address("127.0.0.1:1")
                .retryFor(Duration.ZERO)
                .build()) {
            assertThatThrownBy(() -> lost.count("c"))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("cannot reach 127.0.0.1:1")
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void takesALostAnswerOfADeleteForSuccess() {
        server.failNext(1, new Unavailable("connection lost"));
        server.failNext(1, new NotFound("no collection \"c\""));

        client.deleteCollection("c");

        assertThat(server.calls).hasValue(2);
    }

    @Test
    void splitsABatchSearchAndAnswersInOrder() {
        List<Query> queries =
                IntStream.range(0, 2_500).mapToObj(i -> Query.of("q" + i)).toList();

        List<SearchResult> results = client.batchSearch("c", queries, SearchOptions.top(10));

        assertThat(server.batchSearches).hasSize(3);
        assertThat(results).hasSize(2_500);
        assertThat(results.get(2_499).hits()).extracting(Hit::key).containsExactly("q2499");
    }

    @Test
    void getsManyKeysInTheirOrderAndLeavesOutTheMissing() {
        client.upsert(
                "c",
                IntStream.range(0, 500)
                        .mapToObj(i -> VectorRecord.of("k" + i, i))
                        .toList());
        List<String> keys = IntStream.iterate(600, i -> i - 1)
                .limit(601)
                .mapToObj(i -> "k" + i)
                .toList();

        assertThat(client.get("c", keys, ReadOptions.DEFAULT).keySet())
                .containsExactlyElementsOf(keys.subList(101, 601));
        assertThat(client.get("c", "absent")).isEmpty();
    }

    @Test
    void scrollsPageByPageOnlyAsFarAsItIsRead() {
        client.upsert(
                "c",
                IntStream.range(0, 8).mapToObj(i -> VectorRecord.of("k" + i, i)).toList());
        int before = server.calls.get();

        assertThat(client.scroll("c", ReadOptions.DEFAULT).limit(3)).hasSize(3);
        assertThat(server.calls.get() - before).isEqualTo(1);
        assertThat(client.scroll("c", ReadOptions.DEFAULT).map(StoredRecord::key))
                .containsExactly("k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7");
    }

    @Test
    void refusesAnAddressWithoutAPort() {
        assertThatThrownBy(() -> VoronodeClient.connect("localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("address \"localhost\" is not host:port with a port up to 65535");
    }
}
