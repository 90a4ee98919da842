package io.voronode.shardnode.partition.store;

import io.voronode.proto.internal.v1.StoredHead;
import org.jspecify.annotations.Nullable;

/**
 * Whether a row has expired: what is stored is not live from its expiry on, removed or not. Apply takes the time of the log, which never goes
 * back, and reads the time of the call or that of the log, whichever is later: what a write has found expired is not read any more.
 */
public final class Expiry {
    private Expiry() {}

    /** Whether the row is not live any more at this time. */
    public static boolean isOver(StoredHead head, long atMs) {
        return head.getExpireTimeMs() != 0 && head.getExpireTimeMs() <= atMs;
    }

    /** The row, if it is live at this time. */
    public static @Nullable StoredHead live(@Nullable StoredHead head, long atMs) {
        return head == null || isOver(head, atMs) ? null : head;
    }

    /** The time of a read of this view. */
    public static long readTimeMs(RowView view, long askedMs) {
        return Math.max(askedMs, view.applied().getLogTimeMs());
    }
}
