package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a client with two coordinators leaves one that fails, and stays with one that is only slow. */
@Tag("slow")
final class FailoverTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final FakeCoordinator first = new FakeCoordinator();
    private final FakeCoordinator second = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(first.address, second.address);

    @AfterEach
    void close() {
        client.close();
        first.close();
        second.close();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s in time", what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static Duration timed(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Iterator<VectorRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> VectorRecord.of("k" + i, i))
                .iterator();
    }

    @Test
    void leavesASilentCoordinatorWithinTwoSeconds() {
        client.count("c");
        first.silent = true;

        assertThat(timed(() -> client.upsert("c", VectorRecord.of("a", 1)))).isLessThan(LIMIT);
        assertThat(second.records).containsKey("a");
    }

    @Test
    void doesNotGoBackToASilentCoordinator() {
        first.silent = true;
        client.count("c");
        int before = first.calls.get();

        assertThat(timed(() -> IntStream.range(0, 100).forEach(i -> client.count("c"))))
                .isLessThan(LIMIT);
        assertThat(first.calls).hasValue(before);
        assertThat(second.calls).hasValue(101);
    }

    @Test
    void leavesAHostThatTakesTheConnectionAndSaysNothing() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                VoronodeClient both = VoronodeClient.connect("127.0.0.1:" + mute.getLocalPort(), second.address)) {
            loadTheNetwork();

            assertThat(timed(() -> both.count("c"))).isLessThan(LIMIT);
            assertThat(second.calls).hasValue(1);
        }
    }

    /** The first connection of a process loads Netty, which is not what is measured. */
    private static void loadTheNetwork() {
        try (VoronodeClient refused = VoronodeClient.builder()
                .address("127.0.0.1:1")
                .retryFor(Duration.ZERO)
                .build()) {
            assertThatThrownBy(() -> refused.count("c")).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void saysWhoDidNotAnswerInTime() {
        first.silent = true;
        try (VoronodeClient client = VoronodeClient.builder()
                .address(first.address)
                .deadline(Duration.ofMillis(300))
                .retryFor(Duration.ZERO)
                .build()) {
            assertThatThrownBy(() -> client.count("c"))
                    .isInstanceOf(DeadlineExceeded.class)
                    .hasMessage("no answer from " + first.address + " in time");
        }
    }

    @Test
    void leavesASilentCoordinatorInTimeForAShortDeadline() {
        first.silent = true;
        try (VoronodeClient hurried = VoronodeClient.builder()
                .address(first.address)
                .address(second.address)
                .deadline(Duration.ofMillis(1_200))
                .build()) {
            assertThat(hurried.count("c")).isZero();
        }
    }

    @Test
    void saysWhichCoordinatorDidNotAnswer() {
        first.silent = true;
        try (VoronodeClient impatient = VoronodeClient.builder()
                .address(first.address)
                .address(second.address)
                .retryFor(Duration.ZERO)
                .build()) {
            assertThatThrownBy(() -> impatient.count("c"))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("no answer from " + first.address);
        }
    }

    @Test
    void continuesABulkUpsertWhenItsCoordinatorFallsSilent() {
        List<WriteResult> told = new ArrayList<>();
        List<Long> toldAtNanos = new ArrayList<>();

        UpsertSummary summary = client.upsertAll("c", records(5_000), results -> {
            told.addAll(results);
            toldAtNanos.add(System.nanoTime());
            if (told.size() >= 1_000) {
                first.silent = true;
            }
        });

        assertThat(summary).isEqualTo(new UpsertSummary(5_000, 0, 0));
        assertThat(told)
                .extracting(WriteResult::key)
                .containsExactlyElementsOf(
                        IntStream.range(0, 5_000).mapToObj(i -> "k" + i).toList());
        assertThat(second.records).hasSizeBetween(1, 4_100);
        assertThat(IntStream.range(1, toldAtNanos.size()).mapToLong(i -> toldAtNanos.get(i) - toldAtNanos.get(i - 1)))
                .as("pauses")
                .allMatch(pause -> pause < LIMIT.toNanos());
    }

    @Test
    void letsASlowCallAtALiveCoordinatorEnd() throws Exception {
        first.holdAnswers = true;
        CompletableFuture<Long> slow = client.async().count("c", Consistency.DEFAULT);
        await("four checks", () -> first.healthChecks.get() >= 4);

        assertThat(slow).isNotDone();
        first.release();

        assertThat(slow.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(first.calls).hasValue(1);
        assertThat(second.calls).hasValue(0);
    }

    @Test
    void callsShareTheChecksOfTheirCoordinator() throws Exception {
        first.silent = true;
        List<CompletableFuture<Long>> counts = IntStream.range(0, 50)
                .mapToObj(i -> client.async().count("c", Consistency.DEFAULT))
                .toList();
        for (CompletableFuture<Long> count : counts) {
            assertThat(count.get(10, TimeUnit.SECONDS)).isZero();
        }

        assertThat(first.healthChecks).hasValue(1);
        assertThat(second.calls).hasValue(50);
    }

    @Test
    void endsTheCheckWithTheLastCall() throws Exception {
        first.silent = true;
        CompletableFuture<Long> count = client.async().count("c", Consistency.DEFAULT);
        await("a check", () -> first.openHealthChecks.get() == 1);

        count.cancel(true);

        await("the end of the check", () -> first.openHealthChecks.get() == 0);
        first.silent = false;
        client.count("c");
        assertThat(first.calls).as("the address was not left").hasValue(2);
        assertThat(first.healthChecks).hasValue(1);
    }

    @Test
    void closingEndsTheCheck() throws Exception {
        first.silent = true;
        CompletableFuture<Long> count = client.async().count("c", Consistency.DEFAULT);
        await("a check", () -> first.openHealthChecks.get() == 1);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);

        await("the end of the check", () -> first.openHealthChecks.get() == 0);
        closing.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> count.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
        assertThat(first.healthChecks).hasValue(1);
    }

    @Test
    void doesNotCheckWhatAnswersSoon() {
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        Duration longest = Duration.ZERO;
        while (System.nanoTime() < end) {
            Duration call = timed(() -> client.count("c"));
            longest = call.compareTo(longest) > 0 ? call : longest;
        }

        assertThat(first.healthChecks.get() == 0 || longest.toMillis() >= 500)
                .as("no check, where the longest call took %s", longest)
                .isTrue();
    }

    @Test
    void doesNotCheckTheOnlyCoordinator() {
        first.silent = true;
        try (VoronodeClient single = VoronodeClient.builder()
                .address(first.address)
                .deadline(Duration.ofSeconds(2))
                .build()) {
            assertThatThrownBy(() -> single.count("c"));
        }

        assertThat(first.healthChecks).hasValue(0);
    }

    @Test
    void leavesACoordinatorThatDoesNotServe() {
        first.failNext(1_000, new Unavailable("the cluster has no partitions yet"));

        assertThat(timed(() -> client.count("c"))).isLessThan(LIMIT);
        client.count("c");

        assertThat(first.calls).hasValue(1);
        assertThat(second.calls).hasValue(2);
    }

    @Test
    void sendsNewCallsElsewhereWhenTheHealthSaysSoAndLetsTheOldEnd() throws Exception {
        first.holdAnswers = true;
        first.health = ServingStatus.NOT_SERVING;
        CompletableFuture<Long> slow = client.async().count("c", Consistency.DEFAULT);
        await("two checks", () -> first.healthChecks.get() >= 2);

        client.count("c");

        assertThat(second.calls).hasValue(1);
        assertThat(slow).isNotDone();
        first.release();
        assertThat(slow.get(10, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void takesACallFromACoordinatorThatDoesNotServeForLongerThanAShutDownTakes() throws Exception {
        first.holdAnswers = true;
        first.health = ServingStatus.NOT_SERVING;

        assertThat(client.async().count("c", Consistency.DEFAULT).get(15, TimeUnit.SECONDS))
                .isZero();
        assertThat(second.calls).hasValue(1);
    }

    @Test
    void triesAFailedCoordinatorAgainWhenTheOtherFails() {
        first.silent = true;
        client.upsert("c", VectorRecord.of("a", 1));
        first.silent = false;
        second.silent = true;

        assertThat(timed(() -> client.upsert("c", VectorRecord.of("b", 1)))).isLessThan(LIMIT);

        assertThat(first.records).containsOnlyKeys("b");
        assertThat(second.records).containsOnlyKeys("a");
    }

    @Test
    void carriesTheSessionToTheNextCoordinator() {
        client.upsert("c", VectorRecord.of("a", 1));
        first.silent = true;
        client.count("c");
        client.search("c", Query.of("x"), SearchOptions.top(1));

        assertThat(second.tokensOfReads).containsExactly("1;", "1;");
    }
}
