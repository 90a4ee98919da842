package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apply thread of a replica and what becomes of it: it owns the index and starts it anew when it must. Damaged files are moved aside, an index
 * that cannot follow any more is deleted, and both are built again from the rows; after other failures it tries again, slower each time. Any
 * thread may ask and order.
 */
final class ReplicaLife {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLife.class);
    private static final long MIN_BACKOFF_MS = 100;
    private static final long MAX_BACKOFF_MS = 10_000;
    /** A failure after such a life is not the same one again. */
    private static final long LONG_LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ShardAssignment assignment;
    private final ShardId id;
    private final List<Integer> partitions;
    private final ShardContext context;
    private final ShardFolders folders;
    private final Visibility visibility;
    private final LongAdder scans;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private volatile @Nullable ReplicaRun run;
    private volatile @Nullable Throwable damage;
    /** Ends when the index that it is about has been deleted. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> rebuild = new AtomicReference<>();

    private volatile String failure = "";

    /**
     * Not begun yet.
     *
     * @param partitions that are followed
     * @param visibility is told what searches may see, and closed at the end
     * @param scans counts those of a partition's rows
     */
    ReplicaLife(
            ShardAssignment assignment,
            List<Integer> partitions,
            ShardContext context,
            ShardFolders folders,
            Visibility visibility,
            LongAdder scans) {
        this.assignment = assignment;
        this.id = ShardId.of(assignment);
        this.partitions = List.copyOf(partitions);
        this.context = context;
        this.folders = folders;
        this.visibility = visibility;
        this.scans = scans;
        this.thread = new Thread(this::live, "shard-" + id);
    }

    void begin() {
        thread.start();
    }

    /** Null while the index is not open. */
    @Nullable
    ReplicaRun running() {
        return run;
    }

    /** Why the last attempt ended; empty while it works. */
    String failure() {
        return failure;
    }

    /** A search met damaged files: nothing is served any more until the index is built anew. */
    void damaged(Throwable cause) {
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
    CompletableFuture<Void> rebuild() {
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
        return thread.join(Duration.ofNanos(Math.max(1, remaining)));
    }
}
