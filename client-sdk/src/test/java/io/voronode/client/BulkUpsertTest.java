package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The upsert stream: order, flow control, broken streams, records that are sent again. */
final class BulkUpsertTest {
    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);
    private final List<WriteResult> told = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static Iterator<VectorRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> VectorRecord.of("k" + i, i))
                .iterator();
    }

    private static List<String> keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i).toList();
    }

    @Test
    void writesAllAndTellsTheResultsInOrder() {
        UpsertSummary summary = client.upsertAll("c", records(10_000), told::addAll);

        assertThat(summary).isEqualTo(new UpsertSummary(10_000, 0, 0));
        assertThat(told).extracting(WriteResult::key).containsExactlyElementsOf(keys(10_000));
        assertThat(server.records).hasSize(10_000);
        assertThat(server.streamed.get(0).getCollection()).isEqualTo("c");
        assertThat(server.streamed)
                .extracting(StreamingUpsertRequest::getSequence)
                .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(1, server.streamed.size())
                        .boxed()
                        .toList());
    }

    @Test
    void writesNothingFromAnEmptySource() {
        assertThat(client.upsertAll("c", records(0), told::addAll)).isEqualTo(new UpsertSummary(0, 0, 0));
        assertThat(server.calls).hasValue(0);
    }

    @Test
    void keepsFewBatchesUnansweredWhileTheServerIsSlow() {
        server.holdStreamAnswers = true;

        client.upsertAll("c", records(256 * 12), told::addAll);

        assertThat(server.mostUnanswered).hasValue(4);
        assertThat(told).hasSize(256 * 12);
    }

    @Test
    void sendsUnansweredBatchesAgainWhenTheStreamBreaks() {
        server.breakStreamAfter = 3;

        UpsertSummary summary = client.upsertAll("c", records(5_000), told::addAll);

        assertThat(summary.written()).isEqualTo(5_000);
        assertThat(told).extracting(WriteResult::key).containsExactlyElementsOf(keys(5_000));
        assertThat(server.records).hasSize(5_000);
        assertThat(server.calls).hasValue(2);
    }

    @Test
    void aBrokenStreamGoesOnWhereItWasAnsweredAndNothingIsWrittenTwice() {
        server.breakStreamAfter = 3;

        client.upsertAll("c", records(5_000), told::addAll);

        List<StreamingUpsertRequest> openings = server.streamed.stream()
                .filter(request -> !request.getCollection().isEmpty())
                .toList();
        assertThat(openings)
                .extracting(StreamingUpsertRequest::getStreamId)
                .hasSize(2)
                .allMatch(id -> id.size() == 16 && id.equals(openings.get(0).getStreamId()));
        assertThat(openings).extracting(StreamingUpsertRequest::getSequence).containsExactly(1L, 4L);
        assertThat(server.rows.versions).as("writes").hasValue(5_000);
        assertThat(told).noneMatch(WriteResult::existed);
    }

    @Test
    void saysWhichRecordsOfWhichBatchItSendsAgain() {
        server.failRecord("k300", RecordCode.RECORD_CODE_UNAVAILABLE);

        client.upsertAll("c", records(600), told::addAll);

        assertThat(server.streamed)
                .filteredOn(request -> request.getSequence() == 2)
                .extracting(StreamingUpsertRequest::getOrdinalsList)
                .containsExactly(List.of(), List.of(44));
    }

    @Test
    void turnsToTheNextAddressWhenTheStreamBreaks() {
        try (FakeCoordinator second = new FakeCoordinator();
                VoronodeClient both = VoronodeClient.connect(server.address, second.address)) {
            server.failNext(1_000, new Unavailable("shutting down"));

            assertThat(both.upsertAll("c", records(1_000), told::addAll).written())
                    .isEqualTo(1_000);
            assertThat(second.records).hasSize(1_000);
        }
    }

    @Test
    void sendsRefusedRecordsAgainBeforeTheirBatchIsTold() {
        server.failRecord("k5", RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED, RecordCode.RECORD_CODE_UNAVAILABLE);

        UpsertSummary summary = client.upsertAll("c", records(2_000), told::addAll);

        assertThat(summary.written()).isEqualTo(2_000);
        assertThat(told).extracting(WriteResult::key).containsExactlyElementsOf(keys(2_000));
    }

    @Test
    void repeatsARecordBeforeANewerOneOfItsKey() {
        server.holdStreamAnswers = true;
        server.failRecord("k0", RecordCode.RECORD_CODE_UNAVAILABLE);
        List<VectorRecord> source = new ArrayList<>();
        records(256 * 4 - 1).forEachRemaining(source::add);
        source.add(VectorRecord.of("k0", 4_711));

        UpsertSummary summary = client.upsertAll("c", source, told::addAll);

        assertThat(server.records)
                .extractingByKey("k0")
                .satisfies(record -> assertThat(record.getVector().getValues(0)).isEqualTo(4_711));
        assertThat(summary).isEqualTo(new UpsertSummary(256 * 4, 0, 0));
        assertThat(told.get(0).version()).isLessThan(told.get(told.size() - 1).version());
    }

    @Test
    void writesTheNewerRecordOfAKeyOnAnotherStreamWhenItHasGivenUpTheOlder() {
        // Longer than the time for retries: it is over when the answer to the newer record is read.
        server.rows.retryDelay = Duration.ofMillis(400);
        RecordCode[] always = new RecordCode[1_000];
        Arrays.fill(always, RecordCode.RECORD_CODE_UNAVAILABLE);
        server.failRecord("k0", always);
        List<VectorRecord> source = new ArrayList<>();
        records(256).forEachRemaining(source::add);
        source.add(VectorRecord.of("k0", 4_711));
        try (VoronodeClient impatient = VoronodeClient.builder()
                .address(server.address)
                .retryFor(Duration.ofMillis(300))
                .build()) {
            UpsertSummary summary = impatient.upsertAll("c", source, results -> {
                told.addAll(results);
                server.failRecord("k0");
            });

            assertThat(summary).isEqualTo(new UpsertSummary(256, 0, 1));
        }
        assertThat(told.get(0).status()).isEqualTo(RecordStatus.UNAVAILABLE);
        assertThat(server.records)
                .extractingByKey("k0")
                .satisfies(record -> assertThat(record.getVector().getValues(0)).isEqualTo(4_711));
    }

    @Test
    void tellsWhyRecordsWereRefused() {
        server.failRecord("k1", RecordCode.RECORD_CODE_INVALID_ARGUMENT);

        UpsertSummary summary = client.upsertAll("c", records(3), told::addAll);

        assertThat(summary).isEqualTo(new UpsertSummary(2, 0, 1));
        assertThat(told.get(1)).isEqualTo(new WriteResult("k1", RecordStatus.INVALID_ARGUMENT, "planned", 0, false));
    }

    @Test
    void failsAtOnceWithoutTheCollection() {
        server.failNext(1, new NotFound("no collection \"c\""));

        assertThatThrownBy(() -> client.upsertAll("c", records(3), told::addAll))
                .isInstanceOf(NotFound.class)
                .hasMessage("no collection \"c\"");
    }

    @Test
    void givesUpWhenTheServerStaysAway() {
        server.close();
        try (VoronodeClient impatient = VoronodeClient.builder()
                .address(server.address)
                .retryFor(Duration.ofMillis(300))
                .build()) {
            assertThatThrownBy(() -> impatient.upsertAll("c", records(3), told::addAll))
                    .isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void passesOnWhatTheSourceThrows() {
        Iterator<VectorRecord> broken = new Iterator<>() {
            private int left = 300;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public VectorRecord next() {
                if (left-- == 0) {
                    throw new IllegalStateException("line 301 is not JSON");
                }
                return VectorRecord.of("k" + left, left);
            }
        };

        assertThatThrownBy(() -> client.upsertAll("c", broken, told::addAll))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("line 301 is not JSON");
    }

    @Test
    void readsItsOwnStreamedWrites() {
        client.upsert("c", VectorRecord.of("before", 1));
        client.upsertAll("c", records(600), told::addAll);
        client.count("c");

        assertThat(server.tokensOfReads).containsExactly("1;601;");
    }
}
