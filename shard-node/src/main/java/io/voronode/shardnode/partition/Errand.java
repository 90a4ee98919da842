package io.voronode.shardnode.partition;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Something that is done again and again, once at a time, on a thread of its own. Called by the keeper only. */
final class Errand {
    private final long intervalNanos;
    private final Executor executor;
    private final Runnable work;
    private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);
    private long begunNanos = System.nanoTime();

    /** The work throws nothing. */
    Errand(Duration interval, Executor executor, Runnable work) {
        this.intervalNanos = interval.toNanos();
        this.executor = executor;
        this.work = work;
    }

    void runWhenDue() {
        long now = System.nanoTime();
        if (underWay.isDone() && now - begunNanos >= intervalNanos) {
            begunNanos = now;
            underWay = CompletableFuture.runAsync(work, executor);
        }
    }
}
