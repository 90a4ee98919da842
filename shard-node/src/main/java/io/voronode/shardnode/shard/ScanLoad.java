package io.voronode.shardnode.shard;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Which share of the node's processors scans of one replica took lately: a mean whose weights fall by 1/e in ten minutes. What was before the first search
 * is left out, so a replica that is asked since three minutes tells of these three. Any thread.
 */
final class ScanLoad {
    private static final double MEMORY_NANOS = Duration.ofMinutes(10).toNanos();
    private static final double FEWEST_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoClock;
    private final int processors;
    private double load;
    private long lastNanos;
    private long sinceNanos;
    private boolean searched;

    ScanLoad(LongSupplier nanoClock, int processors) {
        this.nanoClock = nanoClock;
        this.processors = processors;
        this.sinceNanos = nanoClock.getAsLong();
        this.lastNanos = sinceNanos;
    }

    /** A scan took a processor for so long. */
    synchronized void add(long cpuNanos) {
        decay();
        if (!searched) {
            searched = true;
            sinceNanos = lastNanos;
        }
        load += cpuNanos / MEMORY_NANOS / processors;
    }

    /** 0 to 1; empty while there is too little to tell: a new replica may not be asked yet. */
    synchronized OptionalDouble get() {
        decay();
        double age = lastNanos - sinceNanos;
        if (age < (searched ? FEWEST_NANOS : MEMORY_NANOS)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(load / -Math.expm1(-age / MEMORY_NANOS));
    }

    private void decay() {
        long now = nanoClock.getAsLong();
        load *= Math.exp((lastNanos - now) / MEMORY_NANOS);
        lastNanos = now;
    }
}
