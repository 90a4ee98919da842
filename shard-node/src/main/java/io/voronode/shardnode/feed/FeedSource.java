package io.voronode.shardnode.feed;

import io.voronode.shardnode.partition.store.RowView;

/** A partition replica as the feed sees it. Any thread may ask. */
public interface FeedSource {
    /** 0 to P − 1. */
    int partition();

    /** The rows and the feed as of one log position. Short-lived. */
    RowView view();

    /** How far the replica has applied. */
    long appliedIndex();

    /** Runs this on the apply thread whenever more is applied; it must do next to nothing. */
    void onApplied(Runnable listener);

    /** Ends {@link #onApplied}. */
    void removeOnApplied(Runnable listener);

    /** How long ago a view that is taken after this call may have lacked nothing that was committed; {@link Long#MAX_VALUE}: nobody knows. */
    long lagMs();
}
