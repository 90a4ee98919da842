package io.voronode.client.internal;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Small helpers for futures whose failures are {@link VoronodeException}s and whose cancellation reaches the call behind. */
public final class Futures {
    private Futures() {}

    /**
     * Waits for the result.
     *
     * @throws VoronodeException what the future failed with
     */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while waiting for the answer", e);
        } catch (CancellationException e) {
            throw new Unavailable("the call was cancelled", e);
        } catch (ExecutionException e) {
            Throwable cause = unwrap(e);
            throw cause instanceof RuntimeException exception ? exception : error(cause);
        }
    }

    /** The same without a result. */
    static CompletableFuture<Void> done(CompletableFuture<?> call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        onCancel(done, () -> call.cancel(true));
        whenDone(call, (response, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(error(failure));
            }
        });
        return done;
    }

    /** What a future failed with, as an error of ours. */
    static VoronodeException error(Throwable failure) {
        Throwable error = unwrap(failure);
        if (error instanceof VoronodeException exception) {
            return exception;
        }
        return error instanceof StatusRuntimeException || error instanceof StatusException
                ? Statuses.fromGrpc(error)
                : new Bug("the client failed: " + error, error);
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable error = failure;
        while ((error instanceof CompletionException || error instanceof ExecutionException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        return error;
    }

    /** Runs the action with the value or the failure. */
    @SuppressWarnings("FutureReturnValueIgnored") // the action is what handles the failure
    static <T> void whenDone(CompletableFuture<T> future, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        future.whenComplete(action);
    }

    /** As thenApply; cancelling the result cancels the source. */
    static <T, R> CompletableFuture<R> map(CompletableFuture<T> source, Function<? super T, ? extends R> function) {
        CompletableFuture<R> result = new CompletableFuture<>();
        whenDone(source, (value, failure) -> {
            if (failure != null) {
                result.completeExceptionally(error(failure));
            } else {
                complete(result, value, function);
            }
        });
        onCancel(result, () -> source.cancel(true));
        return result;
    }

    private static <T, R> void complete(
            CompletableFuture<R> result, T value, Function<? super T, ? extends R> function) {
        try {
            result.complete(function.apply(value));
        } catch (RuntimeException e) {
            result.completeExceptionally(error(e));
        }
    }

    /** Runs the action when the future is cancelled by its holder. */
    static void onCancel(CompletableFuture<?> future, Runnable action) {
        whenDone(future, (value, failure) -> {
            if (future.isCancelled()) {
                action.run();
            }
        });
    }

    /** Runs the steps one after another; each starts when the one before has succeeded. */
    static <T, R> CompletableFuture<List<R>> inOrder(
            List<T> items, Function<? super T, ? extends CompletableFuture<R>> step) {
        CompletableFuture<List<R>> all = new CompletableFuture<>();
        startNext(items, step, new ArrayList<>(items.size()), all);
        return all;
    }

    private static <T, R> void startNext(
            List<T> items,
            Function<? super T, ? extends CompletableFuture<R>> step,
            List<R> done,
            CompletableFuture<List<R>> all) {
        if (all.isDone()) {
            return;
        }
        if (done.size() == items.size()) {
            all.complete(done);
            return;
        }
        CompletableFuture<R> running = step.apply(items.get(done.size()));
        onCancel(all, () -> running.cancel(true));
        whenDone(running, (value, failure) -> {
            if (failure != null) {
                all.completeExceptionally(error(failure));
            } else {
                done.add(value);
                startNext(items, step, done, all);
            }
        });
    }
}
