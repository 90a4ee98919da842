package io.voronode.shardnode.feed;

import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.RemovedRow;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredEndedGeneration;
import io.voronode.proto.internal.v1.StoredFeedChange;
import io.voronode.proto.internal.v1.StoredFeedChanges;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.util.List;
import java.util.Optional;

/**
 * Reads what one subscription is to be told, under one view: the keys that entries changed, each with the row as it is now. Reading
 * stops inside an entry when the message or the window is full and goes on there; {@code upto_index} counts whole entries only.
 */
final class ChangeReader {
    /** Rough bytes of a change beside the row. */
    private static final int CHANGE_BYTES = 32;

    private final RowView view;
    private final StoredAppliedState applied;

    ChangeReader(RowView view) {
        this.view = view;
        this.applied = view.applied();
    }

    StoredAppliedState applied() {
        return applied;
    }

    /**
     * Empty when there is nothing to tell: then the subscription has advanced to the view's position, or has been told already that it lags behind
     * it, which a follower that takes nothing for long must not hear again with every entry.
     */
    Optional<ShardChanges> read(Subscription subscription, long budgetBytes) {
        StoredCollection collection = view.collection(subscription.collection());
        if (collection == null) {
            boolean dropped = view.dropped(subscription.collection());
            return terminal(subscription, dropped ? FeedCode.FEED_CODE_GENERATION_ENDED : FeedCode.FEED_CODE_UNKNOWN);
        }
        Optional<StoredGeneration> generation = generation(collection, subscription.generation());
        if (generation.isEmpty()) {
            return notLive(subscription, collection);
        }
        FeedCode refusal = refusal(subscription);
        return refusal != FeedCode.FEED_CODE_OK
                ? terminal(subscription, refusal)
                : changes(subscription, generation.get(), budgetBytes);
    }

    private static Optional<StoredGeneration> generation(StoredCollection collection, int generation) {
        return collection.getGenerationsList().stream()
                .filter(live -> live.getGeneration() == generation)
                .findFirst();
    }

    private Optional<ShardChanges> notLive(Subscription subscription, StoredCollection collection) {
        if (subscription.generation() > collection.getLastGeneration()) {
            return terminal(subscription, FeedCode.FEED_CODE_UNKNOWN);
        }
        long endedAt = collection.getEndedList().stream()
                .filter(ended -> ended.getGeneration() == subscription.generation())
                .mapToLong(StoredEndedGeneration::getIndex)
                .findFirst()
                .orElse(applied.getIndex());
        return Optional.of(ShardChanges.newBuilder()
                .setSubscription(subscription.number())
                .setCode(FeedCode.FEED_CODE_GENERATION_ENDED)
                .setUptoIndex(endedAt)
                .build());
    }

    private static Optional<ShardChanges> terminal(Subscription subscription, FeedCode code) {
        return Optional.of(ShardChanges.newBuilder()
                .setSubscription(subscription.number())
                .setCode(code)
                .setUptoIndex(subscription.completeIndex())
                .build());
    }

    private FeedCode refusal(Subscription subscription) {
        if (subscription.needsCheck()) {
            if (!subscription.after().getLineage().equals(applied.getLineage())) {
                return FeedCode.FEED_CODE_REBUILD;
            }
            if (subscription.after().getIndex() > applied.getIndex()) {
                return FeedCode.FEED_CODE_BEHIND;
            }
        }
        return subscription.completeIndex() < applied.getTrimmedIndex()
                ? FeedCode.FEED_CODE_REBUILD
                : FeedCode.FEED_CODE_OK;
    }

    private Optional<ShardChanges> changes(Subscription subscription, StoredGeneration generation, long budgetBytes) {
        ShardChanges.Builder out = ShardChanges.newBuilder()
                .setSubscription(subscription.number())
                .setCode(FeedCode.FEED_CODE_OK)
                .setUnstamped(generation.getUnstamped())
                .setStampedIndex(generation.getStampedIndex());
        long budget = Math.min(budgetBytes, subscription.windowLeft());
        long bytes = fill(out, subscription, budget);
        if (bytes > 0) {
            // A part of an entry is applied when the next whole index is.
            boolean part = subscription.sentOfNextEntry() > 0;
            subscription.sent(part ? subscription.completeIndex() + 1 : subscription.completeIndex(), bytes);
        }
        out.setUptoIndex(subscription.completeIndex());
        boolean complete = subscription.completeIndex() >= applied.getIndex();
        boolean news = subscription.announce(generation.getUnstamped(), generation.getStampedIndex(), complete);
        return out.getChangesCount() > 0 || news ? Optional.of(out.build()) : Optional.empty();
    }

    /** Adds changes until the budget is used up, and moves the subscription on. Returns their bytes. */
    private long fill(ShardChanges.Builder out, Subscription subscription, long budget) {
        byte[] from = RowKeys.feed(
                subscription.collection(),
                subscription.generation(),
                subscription.shard(),
                subscription.completeIndex() + 1);
        byte[] end = RowKeys.behind(
                RowKeys.shard(subscription.collection(), subscription.generation(), subscription.shard()));
        long bytes = 0;
        try (RangeIterator feed = view.range(Family.FEED, from, end)) {
            for (; feed.valid(); feed.next()) {
                long index = RowKeys.indexOfFeed(feed.key());
                List<StoredFeedChange> changes =
                        view.parse(StoredFeedChanges.parser(), feed.value()).getChangesList();
                for (int i = subscription.sentOfNextEntry(); i < changes.size(); i++) {
                    if (bytes >= budget) {
                        subscription.sentUpTo(index - 1, i);
                        return bytes;
                    }
                    RowChange change = change(subscription, changes.get(i).getKey(), index);
                    out.addChanges(change);
                    bytes += change.getSerializedSize() + CHANGE_BYTES;
                }
                subscription.sentUpTo(index, 0);
            }
        }
        subscription.sentUpTo(applied.getIndex(), 0);
        return bytes;
    }

    /** What the change made of the row does not matter any more: what the row is now does. */
    private RowChange change(Subscription subscription, String key, long index) {
        ShardRow row =
                ShardRows.read(view, subscription.collection(), subscription.generation(), subscription.shard(), key);
        RowChange.Builder change = RowChange.newBuilder().setKey(key).setIndex(index);
        return row == null
                ? change.setRemoved(RemovedRow.getDefaultInstance()).build()
                : change.setRow(row).build();
    }
}
