package io.voronode.client.internal;

import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a request until it succeeds, fails for good, or its time is over. A failed address gives way to the next one: at
 * once while there is one that was not tried, then with a jittered back-off. An attempt has all the time that is left: that a
 * silent coordinator does not use it up is the work of {@link Watch}. Any thread may use it.
 */
final class Retries {

    /** One attempt at a request, at one address. */
    @FunctionalInterface
    interface Attempt<T> {
        CompletableFuture<T> start(String address, Duration timeout);
    }

    private final Transport transport;

    Retries(Transport transport) {
        this.transport = transport;
    }

    <T> CompletableFuture<T> run(Attempt<T> attempt) {
        return run(Budget.startingNow(transport.config()), attempt);
    }

    <T> CompletableFuture<T> run(Budget budget, Attempt<T> attempt) {
        Loop<T> loop = new Loop<>(transport, budget, attempt);
        loop.start();
        return loop.result;
    }

    /** Runs on one thread at a time: the caller's, then the one that completed the attempt before, or the timer. */
    private static final class Loop<T> {
        private final Transport transport;
        private final Budget budget;
        private final Attempt<T> attempt;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<T> running;
        private int failures;

        Loop(Transport transport, Budget budget, Attempt<T> attempt) {
            this.transport = transport;
            this.budget = budget;
            this.attempt = attempt;
        }

        void start() {
            Futures.onCancel(result, this::cancel);
            next();
        }

        private void cancel() {
            CompletableFuture<T> current = running;
            if (current != null) {
                current.cancel(true);
            }
        }

        private void next() {
            if (result.isDone()) {
                return;
            }
            String address = transport.endpoints().current();
            try {
                CompletableFuture<T> started = attempt.start(address, budget.remaining());
                running = started;
                Futures.whenDone(started, (value, failure) -> {
                    if (failure == null) {
                        transport.endpoints().worked(address);
                        result.complete(value);
                    } else {
                        failed(address, Futures.error(failure));
                    }
                });
            } catch (RuntimeException e) {
                result.completeExceptionally(Futures.error(e));
            }
        }

        private void failed(String address, VoronodeException error) {
            failures++;
            if (isOfTheAddress(error)) {
                transport.failed(address);
            }
            Duration delay = delay(address, error);
            if (!worthRetrying(error) || !budget.allowsRetryIn(delay)) {
                result.completeExceptionally(error);
                return;
            }
            try {
                transport.later(delay, () -> retry(address));
            } catch (RejectedExecutionException e) {
                error.addSuppressed(e);
                result.completeExceptionally(error);
            }
        }

        private void retry(String failedAddress) {
            if (transport.endpoints().current().equals(failedAddress)) {
                transport.reconnect(failedAddress);
            }
            next();
        }

        private Duration delay(String address, VoronodeException error) {
            Endpoints endpoints = transport.endpoints();
            boolean anotherTakesOver =
                    failures < endpoints.count() && !endpoints.current().equals(address);
            return anotherTakesOver && isOfTheAddress(error)
                    ? Duration.ZERO
                    : Backoff.after(failures, error, ThreadLocalRandom.current());
        }

        private static boolean isOfTheAddress(VoronodeException error) {
            return error instanceof Unavailable || error instanceof NotLeader || error instanceof DeadlineExceeded;
        }

        private static boolean worthRetrying(VoronodeException error) {
            return isOfTheAddress(error) || error instanceof Overload;
        }
    }
}
