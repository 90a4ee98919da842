package io.voronode.shardnode.feed;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.Subscribe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One shard that a stream follows: how far it was sent, and what of that is not acknowledged. The stream's thread sends; acknowledgements
 * come from the caller's thread, so what both touch is synchronized.
 */
final class Subscription {
    /** What may be in flight before the follower must have applied some of it. */
    static final long WINDOW_BYTES = 8L << 20;

    private static final int CAUGHT_UP_ENTRIES = 256;
    /** Who applies nothing of what was sent for so long hangs, though it may go on to show life. */
    private static final long HUNG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Sent(long index, long bytes) {}

    private final Subscribe request;
    private final LongSupplier nanoClock;
    private final Deque<Sent> unacknowledged = new ArrayDeque<>();
    private long unacknowledgedBytes;
    private long committed;
    private boolean keepsUp;
    /** When the follower applied something last, or was sent something while nothing of it was awaited. */
    private long movedNanos;

    private volatile long completeIndex;
    private int sentOfNextEntry;
    private boolean checked;
    private boolean announced;
    private long announcedUnstamped;
    private long announcedStampedIndex;
    private boolean announcedComplete;

    Subscription(Subscribe request, LongSupplier nanoClock) {
        this.request = request;
        this.nanoClock = nanoClock;
        this.completeIndex = request.getAfter().getIndex();
        this.committed = completeIndex;
    }

    int number() {
        return request.getSubscription();
    }

    ByteString collection() {
        return request.getCollectionUuid();
    }

    int generation() {
        return request.getGeneration();
    }

    int shard() {
        return request.getShard();
    }

    Position after() {
        return request.getAfter();
    }

    /** All changes up to this index have been sent. */
    long completeIndex() {
        return completeIndex;
    }

    /** Changes of the entry behind {@link #completeIndex} that have been sent: a large entry takes several messages. */
    int sentOfNextEntry() {
        return sentOfNextEntry;
    }

    void sentUpTo(long index, int ofNextEntry) {
        completeIndex = index;
        sentOfNextEntry = ofNextEntry;
    }

    /** True once: the position it started from must be checked against the source. */
    boolean needsCheck() {
        boolean first = !checked;
        checked = true;
        return first;
    }

    /**
     * Whether the follower has not been told these yet; it is now.
     *
     * @param complete whether it has been sent all up to the position that it is told
     */
    boolean announce(long unstamped, long stampedIndex, boolean complete) {
        boolean news = !announced
                || unstamped != announcedUnstamped
                || stampedIndex != announcedStampedIndex
                || complete != announcedComplete;
        announced = true;
        announcedUnstamped = unstamped;
        announcedStampedIndex = stampedIndex;
        announcedComplete = complete;
        return news;
    }

    /**
     * Bytes that may be sent now. An entry that was begun is finished whatever is in flight: the follower acknowledges whole
     * entries only, and one entry can name more bytes than the window holds.
     */
    synchronized long windowLeft() {
        return sentOfNextEntry > 0 ? Long.MAX_VALUE : WINDOW_BYTES - unacknowledgedBytes;
    }

    /** These bytes are acknowledged when the follower has applied this index. */
    synchronized void sent(long index, long bytes) {
        if (unacknowledged.isEmpty()) {
            movedNanos = nanoClock.getAsLong();
        }
        unacknowledged.addLast(new Sent(index, bytes));
        unacknowledgedBytes += bytes;
    }

    /**
     * The follower has applied and committed so much.
     *
     * @param serving whether it answers searches
     * @param head how far the source is
     */
    synchronized void acknowledge(long appliedIndex, long committedIndex, boolean serving, long head) {
        boolean hung = hangs();
        boolean moves = unacknowledged.isEmpty();
        while (!unacknowledged.isEmpty() && unacknowledged.getFirst().index() <= appliedIndex) {
            unacknowledgedBytes -= unacknowledged.removeFirst().bytes();
            movedNanos = nanoClock.getAsLong();
            moves = true;
        }
        committed = Math.max(committed, committedIndex);
        // Who builds its index, comes back from far behind, or moves again after it hung, catches up while writers go
        // on.
        keepsUp = serving && ((keepsUp && !hung) || (moves && head - applied() <= CAUGHT_UP_ENTRIES));
    }

    /** Guarded by this. */
    private boolean hangs() {
        return !unacknowledged.isEmpty() && nanoClock.getAsLong() - movedNanos > HUNG_NANOS;
    }

    /**
     * The index up to which a follower has applied everything that serves, has kept up before and does not hang; {@link Long#MAX_VALUE} for
     * any other.
     */
    synchronized long keptUpTo() {
        return keepsUp && !hangs() ? applied() : Long.MAX_VALUE;
    }

    /** Guarded by this. What was sent has changes; a follower of whom nothing is awaited has everything up to there. */
    private long applied() {
        return unacknowledged.isEmpty()
                ? completeIndex
                : unacknowledged.getFirst().index() - 1;
    }

    synchronized long committed() {
        return committed;
    }
}
