package io.voronode.shardnode.partition;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Since when the rows of a replica may lack something: the last moment of which it is known that they have all that was committed then. A leader
 * tells what it has committed, and the rows get that far only a little later, so this remembers what was told until they have. Any thread.
 */
final class RowFreshness {
    /** What Ratis knows costs more to ask for than a read of a row. */
    private static final long LOOK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LongSupplier nanoClock;
    private long nextLookNanos;
    private boolean known;
    private long freshNanos;
    /** What was told and has not been applied yet. */
    private boolean awaited;

    private long awaitedIndex;
    private long awaitedNanos;

    RowFreshness(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.nextLookNanos = nanoClock.getAsLong();
    }

    /** Whether it is time to look again; the caller does. */
    synchronized boolean isDue() {
        long now = nanoClock.getAsLong();
        if (now - nextLookNanos < 0) {
            return false;
        }
        nextLookNanos = now + LOOK_INTERVAL_NANOS;
        return true;
    }

    /** The replica begins anew, from an older state perhaps. */
    synchronized void forget() {
        known = false;
        awaited = false;
    }

    /** So long ago all up to one index was committed and no more; now all up to another is applied. */
    synchronized void note(long committedIndex, long agoMs, long appliedIndex) {
        long toldNanos = nanoClock.getAsLong() - TimeUnit.MILLISECONDS.toNanos(agoMs);
        if (awaited && appliedIndex >= awaitedIndex) {
            freshAt(awaitedNanos);
            awaited = false;
        }
        if (appliedIndex >= committedIndex) {
            freshAt(toldNanos);
            awaited = false;
        } else if (!awaited) {
            awaited = true;
            awaitedIndex = committedIndex;
            awaitedNanos = toldNanos;
        }
    }

    private void freshAt(long nanos) {
        freshNanos = known ? freshNanos + Math.max(0, nanos - freshNanos) : nanos;
        known = true;
    }

    /** {@link Long#MAX_VALUE} while nothing is known. */
    synchronized long ageMs() {
        return known ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - freshNanos)) : Long.MAX_VALUE;
    }
}
