package io.voronode.shardnode.shard;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.util.ThreadInterruptedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Merges one index on a thread of its own, at most so many indexes of the node at once; too many waiting merges stall the indexing. */
final class BoundedMerges extends ConcurrentMergeScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedMerges.class);
    private static final int MAX_WAITING = 8;

    private final Semaphore running;

    BoundedMerges(Semaphore running) {
        this.running = running;
        setMaxMergesAndThreads(MAX_WAITING, 1);
        disableAutoIOThrottle();
    }

    @Override
    protected void doMerge(MergeSource source, MergePolicy.OneMerge merge) throws IOException {
        try {
            running.acquire();
        } catch (InterruptedException e) {
            throw new ThreadInterruptedException(e);
        }
        try {
            super.doMerge(source, merge);
        } finally {
            running.release();
        }
    }

    /** The writer closes itself with this failure and the apply thread meets it there. */
    @Override
    protected void handleMergeException(Throwable failure) {
        LOG.warn("a merge failed", failure);
    }
}
