package io.voronode.coordinator.rpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what clients can provoke at will: one line in ten seconds, which says how many it stands for. Any thread may log. */
final class RateLimitedLog {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitedLog.class);
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong suppressed = new AtomicLong();

    void warn(String message, Throwable cause) {
        if (due()) {
            LOG.warn("{} ({} more like it since the last line)", message, suppressed.getAndSet(0), cause);
        }
    }

    /** Without a stack trace: the fault is the client's. */
    void info(String message) {
        if (due()) {
            LOG.info("{} ({} more like it since the last line)", message, suppressed.getAndSet(0));
        }
    }

    private boolean due() {
        long now = System.nanoTime();
        long next = nextNanos.get();
        boolean due = now - next >= 0 && nextNanos.compareAndSet(next, now + INTERVAL_NANOS);
        if (!due) {
            suppressed.incrementAndGet();
        }
        return due;
    }
}
