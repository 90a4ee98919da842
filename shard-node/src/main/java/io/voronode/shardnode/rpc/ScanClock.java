package io.voronode.shardnode.rpc;

import io.voronode.engine.search.ScanCounters;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Takes the time of one scan, and that of the thread's processor. Used by the thread that scans, which is a platform thread. */
final class ScanClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean CPU_TIME =
            THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

    private final long startCpuNanos = cpuNanos();
    private final long startNanos = System.nanoTime();

    private static long cpuNanos() {
        return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : 0;
    }

    /** The scan that has ended now. */
    ScanListener.Scan ended(ScanCounters found) {
        long nanos = System.nanoTime() - startNanos;
        return new ScanListener.Scan(
                nanos, cpuNanos() - startCpuNanos, found.vectors(), found.codes(), found.refined());
    }
}
