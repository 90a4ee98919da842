package io.voronode.coordinator.rpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** Logs what clients can provoke at will: one line in a while, which says how many it stands for. Any thread may log. */
final class RateLimitedLog {
    private final Logger log;
    private final long intervalNanos;
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong suppressed = new AtomicLong();

    RateLimitedLog(Logger log, Duration interval) {
        this.log = log;
        this.intervalNanos = interval.toNanos();
    }

    void warn(String message, Throwable cause) {
        if (due()) {
            log.warn("{} ({} more like it since the last line)", message, suppressed.getAndSet(0), cause);
        }
    }

    /** Without a stack trace: the fault is the client's, or there is none. */
    void info(Supplier<String> message) {
        if (due()) {
            log.info("{} ({} more like it since the last line)", message.get(), suppressed.getAndSet(0));
        }
    }

    private boolean due() {
        long now = System.nanoTime();
        long next = nextNanos.get();
        boolean due = now - next >= 0 && nextNanos.compareAndSet(next, now + intervalNanos);
        if (!due) {
            suppressed.incrementAndGet();
        }
        return due;
    }
}
