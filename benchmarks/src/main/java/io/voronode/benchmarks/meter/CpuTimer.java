package io.voronode.benchmarks.meter;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Reads what the current thread, or the whole process, has used. Processor time, not wall time: a neighbour on the
 * machine takes the latter, and a second core would hide what a build costs.
 */
public final class CpuTimer {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private CpuTimer() {}

    /** Processor time of the current thread, in nanoseconds. */
    public static long threadNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Bytes that the current thread ever allocated on the heap. */
    public static long threadAllocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Processor time of all threads, garbage collector and compilers included, in seconds. */
    public static double processSeconds() {
        return SYSTEM.getProcessCpuTime() / 1e9;
    }
}
