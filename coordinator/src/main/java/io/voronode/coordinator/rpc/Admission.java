package io.voronode.coordinator.rpc;

import io.grpc.Context;
import io.voronode.coordinator.route.CallTime;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Bounds the requests that are worked on at once. As many again twice over may wait for their turn, in order of arrival; more are
 * refused at once with the advice to come back. Who is cancelled or out of time leaves the queue. Health and administrative calls do not
 * pass here. Guarded by its monitor.
 */
final class Admission {
    private static final Duration RETRY_DELAY = Duration.ofMillis(200);

    private final int running;
    /** Each is completed once: with true by who leaves, for whom comes next; with false by who does not wait any longer. */
    private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();

    private int free;

    Admission(int running) {
        this.running = running;
        this.free = running;
    }

    /**
     * Does the work when its turn comes.
     *
     * @throws Overload if too many wait already
     */
    <R> R admit(Supplier<R> work) {
        return inTurn(turn(2 * running), work);
    }

    /** The same, however many wait: for callers who are few, and whose clients wait with what follows. */
    <R> R admitPatiently(Supplier<R> work) {
        return inTurn(turn(Integer.MAX_VALUE), work);
    }

    private <R> R inTurn(CompletableFuture<Boolean> turn, Supplier<R> work) {
        if (!comes(turn)) {
            forgetThoseWhoLeft();
            throw CallTime.overError("waiting for earlier requests");
        }
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    private synchronized CompletableFuture<Boolean> turn(int mostWaiting) {
        if (free > 0) {
            free--;
            return CompletableFuture.completedFuture(true);
        }
        if (waiting.size() >= mostWaiting) {
            throw new Overload(
                    running + " requests are under way and " + mostWaiting + " wait; come back later", RETRY_DELAY);
        }
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        waiting.add(turn);
        return turn;
    }

    private static boolean comes(CompletableFuture<Boolean> turn) {
        Context call = Context.current();
        Context.CancellationListener gone = ignored -> turn.complete(false);
        call.addListener(gone, Runnable::run);
        try {
            return turn.get(CallTime.leftMs(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return !turn.complete(false) && turn.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !turn.complete(false) && turn.join();
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails a turn", e);
        } finally {
            call.removeListener(gone);
        }
    }

    private synchronized void forgetThoseWhoLeft() {
        waiting.removeIf(CompletableFuture::isDone);
    }

    private synchronized void leave() {
        for (CompletableFuture<Boolean> next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.complete(true)) {
                return;
            }
        }
        free++;
    }
}
