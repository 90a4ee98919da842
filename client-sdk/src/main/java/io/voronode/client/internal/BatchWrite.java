package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.WriteReport;
import io.voronode.client.WriteResult;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request of records or keys. Those that the server could not write for the moment are sent again until the time for
 * retries is over; then their results say so. Runs on one thread at a time.
 *
 * <p>All that is sent carries the id of the request, and what is sent again says which places of the batch it fills: an attempt that
 * comes to a partition late, when the record was written by a later one, changes nothing.
 */
final class BatchWrite<T> {

    /** Sends a part of the batch; answers one result per item. */
    @FunctionalInterface
    interface Sender<T> {
        CompletableFuture<Outcome> send(Part<T> part, Budget budget);
    }

    /**
     * What is sent at once.
     *
     * @param requestId of the batch
     * @param ordinals the place of each item in the batch; empty where it is the whole batch
     */
    record Part<T>(ByteString requestId, List<Integer> ordinals, List<T> items) {}

    /** The answer to one sending. */
    record Outcome(List<RecordResult> results, boolean indexed) {}

    /** The result of an item that is not to be sent, if it is not. */
    record Refusal(@Nullable WriteResult result) {
        static final Refusal NONE = new Refusal(null);
    }

    private final Transport transport;
    private final List<T> items;
    private final Function<T, String> key;
    private final Sender<T> sender;
    private final Budget budget;
    private final ByteString requestId = RequestIds.next();
    private final @Nullable WriteResult[] results;
    private final boolean[] refused;
    private final CompletableFuture<WriteReport> report = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<Outcome> running;
    private boolean indexed = true;
    private int rounds;

    private BatchWrite(
            Transport transport,
            List<T> items,
            Function<T, String> key,
            Function<T, Refusal> refusal,
            Sender<T> sender) {
        this.transport = transport;
        this.items = items;
        this.key = key;
        this.sender = sender;
        this.budget = Budget.startingNow(transport.config());
        this.results = items.stream().map(item -> refusal.apply(item).result()).toArray(WriteResult[]::new);
        this.refused = new boolean[results.length];
        for (int i = 0; i < refused.length; i++) {
            refused[i] = results[i] != null;
        }
    }

    /**
     * Writes parts one after the other; what one of them could not write of a key keeps the later ones from writing it.
     *
     * @param refusal which items are not to be sent
     */
    static <T> CompletableFuture<WriteReport> inParts(
            Transport transport,
            List<List<T>> parts,
            Function<T, String> key,
            Function<T, Refusal> refusal,
            Sender<T> sender) {
        Unwritten unwritten = new Unwritten();
        Function<T, Refusal> refused = item -> {
            Refusal own = refusal.apply(item);
            return own.result() == null ? unwritten.refusal(key.apply(item)) : own;
        };
        return Futures.map(
                Futures.inOrder(
                        parts, part -> unwritten.after(new BatchWrite<>(transport, part, key, refused, sender).run())),
                reports -> new WriteReport(
                        reports.stream()
                                .flatMap(report -> report.results().stream())
                                .toList(),
                        reports.stream().allMatch(WriteReport::indexed)));
    }

    private CompletableFuture<WriteReport> run() {
        Futures.onCancel(report, () -> {
            CompletableFuture<Outcome> current = running;
            if (current != null) {
                current.cancel(true);
            }
        });
        send();
        return report;
    }

    private void send() {
        if (report.isDone()) {
            return;
        }
        List<Integer> pending = pending();
        if (pending.isEmpty()) {
            complete();
            return;
        }
        CompletableFuture<Outcome> sent = sender.send(part(pending), budget);
        running = sent;
        Futures.whenDone(sent, (outcome, failure) -> {
            if (failure != null) {
                report.completeExceptionally(Futures.error(failure));
            } else {
                answered(pending, outcome);
            }
        });
    }

    /** Places without a result, or with one of the server that may become better. */
    private List<Integer> pending() {
        List<Integer> pending = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            WriteResult result = results[i];
            if (!refused[i] && (result == null || result.status().retryable())) {
                pending.add(i);
            }
        }
        return pending;
    }

    private Part<T> part(List<Integer> places) {
        return new Part<>(
                requestId,
                places.size() == items.size() ? List.of() : places,
                places.stream().map(items::get).toList());
    }

    private void answered(List<Integer> sent, Outcome outcome) {
        if (outcome.results().size() != sent.size()) {
            report.completeExceptionally(new Bug(
                    "the server answered " + outcome.results().size() + " results for " + sent.size() + " records",
                    null));
            return;
        }
        for (int i = 0; i < sent.size(); i++) {
            int place = sent.get(i);
            results[place] = RecordMapper.result(
                    key.apply(items.get(place)), outcome.results().get(i));
        }
        indexed &= outcome.indexed();
        rounds++;
        Duration delay = Backoff.after(rounds, outcome.results(), ThreadLocalRandom.current());
        if (pending().isEmpty() || !budget.allowsRetryIn(delay)) {
            complete();
        } else {
            sendAfter(delay);
        }
    }

    private void sendAfter(Duration delay) {
        try {
            transport.later(delay, this::send);
        } catch (RejectedExecutionException e) {
            // As for a client that is closed during the pause.
            report.completeExceptionally(new Unavailable(
                    "the client is closed: " + pending().size() + " of " + items.size() + " records were not written",
                    e));
        }
    }

    private void complete() {
        List<WriteResult> all = new ArrayList<>(results.length);
        for (WriteResult result : results) {
            all.add(Objects.requireNonNull(result, "every item has its result"));
        }
        report.complete(new WriteReport(all, indexed));
    }
}
