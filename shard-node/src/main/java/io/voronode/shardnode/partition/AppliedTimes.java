package io.voronode.shardnode.partition;

import java.util.ArrayDeque;
import java.util.Deque;

/** When a partition reached which log index, as far as somebody looked, for a bounded time back. One thread. */
final class AppliedTimes {
    private record Look(long index, long nanos) {}

    private final Deque<Look> looks = new ArrayDeque<>();
    private final int kept;

    /** Keeps so many looks. */
    AppliedTimes(int kept) {
        this.kept = kept;
    }

    void look(long index, long nanos) {
        if (looks.size() == kept) {
            looks.removeFirst();
        }
        looks.addLast(new Look(index, nanos));
    }

    /** How long ago this partition was first seen ahead of the index; 0: it was not. */
    long aheadSinceNanos(long index, long nowNanos) {
        return looks.stream()
                .filter(look -> look.index() > index)
                .findFirst()
                .map(look -> nowNanos - look.nanos())
                .orElse(0L);
    }
}
