package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.search.CellSpread;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of a shard on this node: a Lucene index that follows all partitions. Has one apply thread of its own (a commit or a stalled merge of
 * one replica never holds up another; an idle one is parked), which owns the index and starts it anew when it must: damaged files are moved
 * aside, an index that cannot follow any more is deleted, and both are built again from the rows; after other failures it tries again, slower
 * each time. Searches and waits come from any thread and never touch the writer.
 */
public final class ShardReplica {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);
    private static final long MIN_BACKOFF_MS = 100;
    private static final long MAX_BACKOFF_MS = 10_000;
    /** A failure after such a life is not the same one again. */
    private static final long LONG_LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ShardAssignment assignment;
    private final ShardId id;
    private final List<Integer> partitions;
    private final ShardContext context;
    private final ShardFolders folders;
    private final Visibility visibility = new Visibility();
    private final LongAdder scans = new LongAdder();
    private final LongAdder searches = new LongAdder();
    private final ScanLoad load =
            new ScanLoad(System::nanoTime, Runtime.getRuntime().availableProcessors());
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private volatile @Nullable ReplicaRun run;
    private volatile @Nullable Throwable damage;
    /** Ends when the index that it is about has been deleted. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> rebuild = new AtomicReference<>();

    private volatile String failure = "";

    private ShardReplica(ShardAssignment assignment, List<Integer> partitions, ShardContext context) {
        this.assignment = assignment;
        this.id = ShardId.of(assignment);
        this.partitions = List.copyOf(partitions);
        this.context = context;
        this.folders = new ShardFolders(context.dataFolder());
        this.thread = new Thread(this::live, "shard-" + id);
    }

    /** Starts to serve what is on the disk and to follow these partitions. */
    static ShardReplica start(ShardAssignment assignment, List<Integer> partitions, ShardContext context) {
        ShardReplica replica = new ShardReplica(assignment, partitions, context);
        replica.thread.start();
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
        damage = cause;
        ReplicaRun running = run;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Deletes the index, which is then built anew from the rows. Ends when the old one is gone and no longer served; fails when the replica
     * closes before.
     */
    public CompletableFuture<Void> rebuild() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> earlier = rebuild.compareAndExchange(null, mine);
        ReplicaRun running = run;
        if (running != null) {
            running.stop();
        }
        if (isClosing()) {
            giveUpRebuild();
        }
        return earlier == null ? mine : earlier;
    }

    private void giveUpRebuild() {
        CompletableFuture<Void> ordered = rebuild.getAndSet(null);
        if (ordered != null) {
            ordered.completeExceptionally(new VoronodeException.Unavailable("shard " + id + " is closing"));
        }
    }

    public ShardStatus status() {
        ShardStatus.Builder status = ShardStatus.newBuilder()
                .setCollectionUuid(id.collectionUuid())
                .setGeneration(id.generation())
                .setShard(id.shard())
                .setFailure(failure);
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
        ReplicaRun running = run;
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

    // ---- the life of the apply thread

    private void live() {
        long backoffMs = MIN_BACKOFF_MS;
        while (!isClosing()) {
            long born = System.nanoTime();
            try {
                liveOnce();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RebuildNeededException e) {
                LOG.info("shard {} is built anew: {}", id, e.getMessage());
                backoffMs = recover(this::deleteIndex, backoffMs);
            } catch (IOException | RuntimeException e) {
                if (System.nanoTime() - born > LONG_LIFE_NANOS) {
                    backoffMs = MIN_BACKOFF_MS;
                }
                backoffMs = Damage.caused(e) ? quarantine(e, backoffMs) : backOff(e, backoffMs);
            } catch (Error e) {
                // Without this thread the replica would be dead and nobody would know why.
                backoffMs = backOff(e, backoffMs);
            }
        }
    }

    private void liveOnce() throws IOException, InterruptedException {
        IndexLayout layout = layout();
        try (ShardIndex index = ShardIndex.open(folders.of(id), layout, context.budget())) {
            ReplicaRun living = new ReplicaRun(id, index, context.feed(), visibility, scans, partitions);
            damage = null; // what a search met before has been looked for by the opening
            run = living;
            if (isClosing()) {
                return;
            }
            failure = "";
            requireNotOrderedAnew();
            runUntilStopped(living, index);
        } finally {
            run = null;
            visibility.publish(null);
        }
    }

    private void runUntilStopped(ReplicaRun living, ShardIndex index) throws IOException, InterruptedException {
        try {
            living.run();
        } catch (IOException | RuntimeException e) {
            Throwable tragedy = index.tragedy();
            if (tragedy != null) {
                throw new IOException("the index writer closed itself: " + tragedy.getMessage(), tragedy);
            }
            throw e;
        }
        requireNotOrderedAnew();
        Throwable found = damage;
        if (found != null) {
            damage = null;
            throw new IOException("a search met damaged files", found);
        }
    }

    private void requireNotOrderedAnew() {
        if (rebuild.get() != null) {
            throw new RebuildNeededException("it was ordered");
        }
    }

    private void deleteIndex() throws IOException {
        folders.delete(id);
        CompletableFuture<Void> ordered = rebuild.getAndSet(null);
        if (ordered != null) {
            ordered.complete(null);
        }
    }

    private IndexLayout layout() {
        return new IndexLayout(
                IndexKind.ofWireNumber(assignment.getIndexKind()),
                context.cellMaps().map(assignment));
    }

    private long quarantine(Exception damaged, long backoffMs) {
        LOG.error("shard {} is damaged and is moved aside and built anew", id, damaged);
        return recover(
                () -> LOG.info(
                        "damaged shard {} is kept in {}", id, folders.quarantine(id, System.currentTimeMillis())),
                backoffMs);
    }

    /** A step after which the next life starts at once; if the step fails, later. */
    private long recover(RecoveryStep step, long backoffMs) {
        try {
            step.run();
            return backOff(backoffMs);
        } catch (IOException | RuntimeException e) {
            return backOff(e, backoffMs);
        }
    }

    @FunctionalInterface
    private interface RecoveryStep {
        void run() throws IOException;
    }

    private long backOff(Throwable cause, long backoffMs) {
        failure = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        LOG.warn("shard {} failed and tries again in {} ms", id, backoffMs, cause);
        return backOff(backoffMs);
    }

    /** Waits; returns how long to wait the next time. */
    private long backOff(long backoffMs) {
        try {
            boolean closed = closing.await(backoffMs, TimeUnit.MILLISECONDS);
            return closed ? backoffMs : Math.min(2 * backoffMs, MAX_BACKOFF_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
            return backoffMs;
        }
    }

    // ---- closing

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Starts to close: the index is committed and the thread ends. */
    void beginClose() {
        closing.countDown();
        visibility.close();
        ReplicaRun running = run;
        if (running != null) {
            running.stop();
        }
        giveUpRebuild();
    }

    /** Waits for the end of {@link #beginClose}; false at the deadline (of System.nanoTime). */
    boolean awaitClosed(long deadlineNanos) throws InterruptedException {
        long remaining = deadlineNanos - System.nanoTime();
        return thread.join(java.time.Duration.ofNanos(Math.max(1, remaining)));
    }
}
