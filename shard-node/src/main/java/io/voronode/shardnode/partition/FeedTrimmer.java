package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.TrimFeed;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/**
 * Decides on the leader which feed rows go. Rows of the newest entries stay in any case; older ones go when every subscription that this
 * replica serves has committed them; and above a bound in bytes half of the range goes, read or not: who still needed it
 * builds its replica anew.
 */
final class FeedTrimmer {
    private static final byte[] FIRST = {};
    private static final byte[] BEHIND_LAST = behindLast();

    private final PartitionLimits limits;
    private final IntFunction<OptionalLong> committedByFollowers;

    /** The function gives the lowest index that all subscriptions of a partition have committed; none: nobody follows. */
    FeedTrimmer(PartitionLimits limits, IntFunction<OptionalLong> committedByFollowers) {
        this.limits = limits;
        this.committedByFollowers = committedByFollowers;
    }

    private static byte[] behindLast() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0xff);
        return key;
    }

    /** Proposes a trim if one is due. A lost proposal is made again at the next call. */
    void trim(PartitionReplica replica) {
        long upto = upto(replica);
        if (upto > 0) {
            var _ = replica.propose(
                    PartitionEntry.newBuilder().setTrim(TrimFeed.newBuilder().setUptoIndex(upto)));
        }
    }

    private long upto(PartitionReplica replica) {
        try (RowView view = replica.view()) {
            return upto(view, replica.partition());
        }
    }

    /** 0: nothing to trim. */
    long upto(RowView view, int partition) {
        StoredAppliedState applied = view.applied();
        long kept = applied.getIndex() - applied.getTrimmedIndex();
        if (feedBytes(view) > limits.feedBytesKept()) {
            return applied.getTrimmedIndex() + kept / 2;
        }
        // A quarter more than is kept, so that trims are few.
        if (kept <= limits.feedEntriesKept() + limits.feedEntriesKept() / 4) {
            return 0;
        }
        long old = applied.getIndex() - limits.feedEntriesKept();
        long committed = committedByFollowers.apply(partition).orElse(old);
        long upto = Math.min(old, committed);
        return upto > applied.getTrimmedIndex() ? upto : 0;
    }

    /**
     * Of the rows that are there, shard by shard from the first one on. Those that were trimmed take room until the store is compacted: whoever
     * counted them would trim again and again, for nothing.
     */
    private static long feedBytes(RowView view) {
        long bytes = 0;
        try (RangeIterator feed = view.range(Family.FEED, FIRST, BEHIND_LAST)) {
            while (feed.valid()) {
                byte[] first = feed.key();
                byte[] behind = RowKeys.behind(RowKeys.shardOfFeed(first));
                bytes += view.approximateBytes(Family.FEED, first, behind);
                feed.seek(behind);
            }
        }
        return bytes;
    }
}
