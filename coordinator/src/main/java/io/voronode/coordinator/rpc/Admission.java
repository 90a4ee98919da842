package io.voronode.coordinator.rpc;

import io.voronode.coordinator.route.CallTime;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds the requests that are worked on at once. As many again twice over may wait for their turn, in order of arrival; more are
 * refused at once with the advice to come back. Health and administrative calls do not pass here.
 */
final class Admission {
    private static final Duration RETRY_DELAY = Duration.ofMillis(200);

    private final int running;
    private final Semaphore permits;
    private final AtomicInteger waiting = new AtomicInteger();

    Admission(int running) {
        this.running = running;
        this.permits = new Semaphore(running, true);
    }

    /** Does the work when its turn comes. */
    <R> R admit(Supplier<R> work) {
        enter();
        try {
            return work.get();
        } finally {
            permits.release();
        }
    }

    private void enter() {
        if (permits.tryAcquire()) {
            return;
        }
        try {
            if (waiting.incrementAndGet() > 2 * running) {
                throw new Overload(
                        running + " requests are under way and " + 2 * running + " wait; come back later", RETRY_DELAY);
            }
            if (!permits.tryAcquire(CallTime.leftMs(), TimeUnit.MILLISECONDS)) {
                throw CallTime.overError("waiting for earlier requests");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallTime.overError("waiting for earlier requests");
        } finally {
            waiting.decrementAndGet();
        }
    }
}
