package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.TrimFeed;
import io.voronode.shardnode.partition.store.Family;
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

    /** 0: nothing to trim. */
    private long upto(PartitionReplica replica) {
        StoredAppliedState applied;
        long feedBytes;
        try (RowView view = replica.view()) {
            applied = view.applied();
            feedBytes = view.approximateBytes(Family.FEED, FIRST, BEHIND_LAST);
        }
        long kept = applied.getIndex() - applied.getTrimmedIndex();
        if (feedBytes > limits.feedBytesKept()) {
            return applied.getTrimmedIndex() + kept / 2;
        }
        // A quarter more than is kept, so that trims are few.
        if (kept <= limits.feedEntriesKept() + limits.feedEntriesKept() / 4) {
            return 0;
        }
        long old = applied.getIndex() - limits.feedEntriesKept();
        long committed = committedByFollowers.apply(replica.partition()).orElse(old);
        long upto = Math.min(old, committed);
        return upto > applied.getTrimmedIndex() ? upto : 0;
    }
}
