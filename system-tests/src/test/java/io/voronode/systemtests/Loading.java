package io.voronode.systemtests;

import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A load of records under way: a few clients write batches side by side, each until it is acknowledged. Knows what was acknowledged and how
 * long the longest silence between two acknowledgements was. Made and closed by one thread.
 */
final class Loading implements AutoCloseable {
    private static final int WRITERS = 3;
    private static final int BATCH = 25;
    /** Between the batches of a writer: what writers do is to go on, not to leave nothing of the machine for those who start. */
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final Articles articles;
    /** Behind the last record to be written; brought forward to end early. */
    private volatile int end;

    private final AtomicInteger next;
    private final ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestSilenceNanos = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final List<Future<?>> writers;

    private Loading(Articles articles, int from, int end, Supplier<VoronodeClient> clients) {
        this.articles = articles;
        this.next = new AtomicInteger(from);
        this.end = end;
        this.writers = IntStream.range(0, WRITERS)
                .<Future<?>>mapToObj(writer -> threads.submit(() -> write(clients)))
                .toList();
    }

    /** Begins to write the records from one number up to another. */
    static Loading start(Articles articles, int from, int end, Supplier<VoronodeClient> clients) {
        return new Loading(articles, from, end, clients);
    }

    private void write(Supplier<VoronodeClient> clients) {
        try (VoronodeClient client = clients.get()) {
            for (int from = next.getAndAdd(BATCH); from < end; from = next.getAndAdd(BATCH)) {
                int first = from;
                List<VectorRecord> batch = IntStream.range(from, Math.min(end, from + BATCH))
                        .mapToObj(articles::record)
                        .toList();
                WriteReport report = client.upsert(articles.collection(), batch, Wait.DURABLE);
                for (int i = 0; i < batch.size(); i++) {
                    if (!report.results().get(i).ok()) {
                        throw new AssertionError("refused: " + report.results().get(i));
                    }
                    acknowledged.add(first + i);
                }
                noteAcknowledgement();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void noteAcknowledgement() {
        long now = System.nanoTime();
        long silence = now - lastNanos.getAndSet(now);
        longestSilenceNanos.accumulateAndGet(silence, Math::max);
    }

    /** The numbers of the records that were acknowledged so far. */
    List<Integer> acknowledged() {
        return List.copyOf(acknowledged);
    }

    void awaitAcknowledged(int count) throws InterruptedException {
        Eventually.await(count + " acknowledged records", TIMEOUT, () -> {
            requireRunning();
            return acknowledged.size() >= count ? null : "only " + acknowledged.size();
        });
    }

    private void requireRunning() {
        writers.stream()
                .filter(writer -> writer.state() == Future.State.FAILED)
                .findFirst()
                .ifPresent(writer -> {
                    throw new AssertionError("a writer failed", writer.exceptionNow());
                });
    }

    /** Ends with the batches that are under way. */
    List<Integer> finishNow() throws InterruptedException {
        end = Math.min(end, next.get());
        return finish();
    }

    /** Waits until all records are acknowledged. */
    List<Integer> finish() throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        for (Future<?> writer : writers) {
            try {
                writer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("a writer failed", e.getCause());
            } catch (java.util.concurrent.TimeoutException e) {
                throw new AssertionError("not all records were acknowledged, only " + acknowledged.size(), e);
            }
        }
        return acknowledged();
    }

    /** The longest time in which nothing was acknowledged. */
    Duration longestSilence() {
        return Duration.ofNanos(longestSilenceNanos.get());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
