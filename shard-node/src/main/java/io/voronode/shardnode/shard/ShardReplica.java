package io.voronode.shardnode.shard;

import io.voronode.engine.search.CellSpread;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardStatus;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of a shard on this node: a Lucene index that follows all partitions. Has one apply thread of its own (a commit or a stalled merge of
 * one replica never holds up another; an idle one is parked), whose {@link ReplicaLife} opens the index, and starts it anew when it must. Searches
 * and waits come from any thread and never touch the writer.
 */
public final class ShardReplica {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);

    private final ShardAssignment assignment;
    private final ShardId id;
    private final ShardFolders folders;
    private final Visibility visibility = new Visibility();
    private final LongAdder scans = new LongAdder();
    private final LongAdder searches = new LongAdder();
    private final ScanLoad load =
            new ScanLoad(System::nanoTime, Runtime.getRuntime().availableProcessors());
    private final ReplicaLife life;

    private ShardReplica(ShardAssignment assignment, List<Integer> partitions, ShardContext context) {
        this.assignment = assignment;
        this.id = ShardId.of(assignment);
        this.folders = new ShardFolders(context.dataFolder());
        this.life = new ReplicaLife(assignment, partitions, context, folders, visibility, scans);
    }

    /** Starts to serve what is on the disk and to follow these partitions. */
    static ShardReplica start(ShardAssignment assignment, List<Integer> partitions, ShardContext context) {
        ShardReplica replica = new ShardReplica(assignment, partitions, context);
        replica.life.begin();
        return replica;
    }

    public ShardId id() {
        return id;
    }

    public ShardAssignment assignment() {
        return assignment;
    }

    /** Whether the generation has ended: then nothing more becomes visible. */
    public boolean ended() {
        return visibility.ended();
    }

    /** The searchable state, with a reference that the caller releases; null while there is none. */
    public @Nullable PublishedIndex acquire() {
        return visibility.acquire();
    }

    /** Waits until searches see all these positions; false at the deadline (of System.nanoTime) or when that cannot happen any more. */
    public boolean awaitVisible(List<Position> positions, long deadlineNanos) throws InterruptedException {
        return visibility.await(positions, deadlineNanos);
    }

    /** A search met damaged files: nothing is served any more until the index is built anew. */
    public void damaged(Throwable cause) {
        life.damaged(cause);
    }

    /**
     * Deletes the index, which is then built anew from the rows. Ends when the old one is gone and no longer served; fails when the replica
     * closes before.
     */
    public CompletableFuture<Void> rebuild() {
        return life.rebuild();
    }

    public ShardStatus status() {
        ShardStatus.Builder status = ShardStatus.newBuilder()
                .setCollectionUuid(id.collectionUuid())
                .setGeneration(id.generation())
                .setShard(id.shard())
                .setFailure(life.failure());
        PublishedIndex seen = visibility.acquire();
        if (seen != null) {
            try {
                status.setReady(!ended()).setLiveRecords(seen.liveRecords()).addAllWatermarks(seen.watermarks());
                addSpread(seen, status);
            } finally {
                release(seen);
            }
        }
        load.get().ifPresent(status::setSearchLoad);
        return status.setIndexBytes(bytes()).build();
    }

    private void addSpread(PublishedIndex seen, ShardStatus.Builder status) {
        try {
            CellSpread spread = seen.cellSpread();
            status.setCellVectors(spread.vectors()).setCellSquares(spread.squares());
        } catch (IOException e) {
            LOG.debug("cannot count the cells of shard {}", id, e);
        }
    }

    /** How far searches are behind the rows; empty while nothing can be searched. */
    public OptionalLong lagMs() {
        PublishedIndex seen = visibility.peek();
        return seen == null ? OptionalLong.empty() : OptionalLong.of(seen.lagMs());
    }

    /** Log entries, summed over partitions, that searches do not see yet, as far as it is known here; empty while nothing can be searched. */
    public OptionalLong lagEntries() {
        PublishedIndex seen = visibility.peek();
        ReplicaRun running = life.running();
        return seen == null || running == null
                ? OptionalLong.empty()
                : OptionalLong.of(running.entriesBeyond(seen.watermarks()));
    }

    /** Scans of a partition's rows that were begun since the start: what is not in the index is read whole, not followed. */
    public long scans() {
        return scans.sum();
    }

    /** To be called when a query that somebody waits for has been answered. */
    public void answered() {
        searches.increment();
    }

    /** To be called when a scan for such a query has ended, well or not, which took a processor for so long. */
    public void scanned(long cpuNanos) {
        load.add(cpuNanos);
    }

    /** How many queries it has answered since the start. */
    public long searches() {
        return searches.sum();
    }

    private long bytes() {
        try {
            return folders.bytes(id);
        } catch (IOException e) {
            LOG.debug("cannot read the size of shard {}", id, e);
            return 0;
        }
    }

    private static void release(PublishedIndex seen) {
        try {
            seen.release();
        } catch (IOException e) {
            LOG.warn("closing a reader failed", e);
        }
    }

    /** Starts to close: the index is committed and the thread ends. */
    void beginClose() {
        life.beginClose();
    }

    /** Waits for the end of {@link #beginClose}; false at the deadline (of System.nanoTime). */
    boolean awaitClosed(long deadlineNanos) throws InterruptedException {
        return life.awaitClosed(deadlineNanos);
    }
}
