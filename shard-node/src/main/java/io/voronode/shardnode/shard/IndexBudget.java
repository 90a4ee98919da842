package io.voronode.shardnode.shard;

import io.voronode.engine.search.FilterCache;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all replicas of a node share: heap for documents that are not in a segment yet, half as much again for filters that are
 * remembered, threads that merge, and the count of what they write. Any thread.
 */
public final class IndexBudget {
    private static final double MIN_SHARE_MB = 1;

    private final double ramMb;
    private final Semaphore merges;
    private final FilterCache filters;
    private final IndexWrites writes = new IndexWrites();
    private final AtomicInteger indexes = new AtomicInteger();

    public IndexBudget(long ramBytes, int mergeThreads) {
        this.ramMb = ramBytes / (double) (1 << 20);
        this.merges = new Semaphore(mergeThreads);
        this.filters = new FilterCache(ramBytes / 2);
    }

    void indexOpened() {
        indexes.incrementAndGet();
    }

    void indexClosed() {
        indexes.decrementAndGet();
    }

    /** What one index may buffer now. */
    double shareMb() {
        return Math.max(MIN_SHARE_MB, ramMb / Math.max(1, indexes.get()));
    }

    Semaphore merges() {
        return merges;
    }

    FilterCache filters() {
        return filters;
    }

    IndexWrites writes() {
        return writes;
    }
}
