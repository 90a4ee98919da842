package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a replica's index, from its opening to its closing or until it must be built anew.
 *
 * <p>Partitions that the last commit has no cursor for are scanned first, one after the other; the changes of a partition that come
 * during its scan wait, those of others are applied between batches. Nothing is committed in the midst of a scan, so a commit never
 * holds rows of a partition that it has no cursor for. Then the loop: take what feeds said, apply it, publish, commit.
 *
 * <p>Publishing: the watermarks are read before the reader is reopened, both by the thread that applies, so a searcher contains at least
 * what its watermarks say. With changes it happens as {@link PublishPace} says; without, only the watermarks are replaced. A searcher may
 * show states of records from beyond its watermarks, because sources send rows as they are; up to where is published beside them: who has seen
 * that must not see less later.
 *
 * <p>Owned by the apply thread; {@link #stop} may be called by any.
 */
final class ReplicaRun {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRun.class);
    private static final long COMMIT_CHANGES = TimeUnit.SECONDS.toNanos(5);
    private static final long COMMIT_CURSORS = TimeUnit.SECONDS.toNanos(30);
    private static final long COMMIT_BYTES = 64L << 20;
    private static final long MIN_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_PAUSE = TimeUnit.SECONDS.toNanos(2);

    private final ShardId id;
    private final ShardIndex index;
    private final ShardFeed feed;
    private final Visibility visibility;
    private final LongAdder scans;
    private final Inbox inbox = new Inbox();
    private final PublishPace pace = new PublishPace(System.nanoTime());
    private final SortedMap<Integer, PartitionTail> tails = new TreeMap<>();

    private volatile boolean stopping;
    private volatile ShardFeed.@Nullable Scan scan;
    private boolean moved;
    private boolean movedSinceCommit;
    private long committedNanos = System.nanoTime();

    /**
     * Continues where the last commit is.
     *
     * @param scans counts the scans that are begun
     */
    ReplicaRun(
            ShardId id,
            ShardIndex index,
            ShardFeed feed,
            Visibility visibility,
            LongAdder scans,
            List<Integer> partitions)
            throws IOException {
        this.id = id;
        this.index = index;
        this.feed = feed;
        this.visibility = visibility;
        this.scans = scans;
        restore(partitions);
        visibility.wakes(inbox::wake);
    }

    private void restore(List<Integer> partitions) throws IOException {
        Map<String, String> data = index.committedData();
        CommitData committed = data.isEmpty()
                ? CommitData.of(index.layout().name(), 0, List.of())
                : CommitData.decode(data, index.layout().name());
        long age = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - committed.headAtMs());
        for (int partition : partitions) {
            Cursor cursor = committed.cursors().get(partition);
            tails.put(
                    partition,
                    cursor == null
                            ? new PartitionTail(partition, inbox)
                            : new PartitionTail(partition, inbox, cursor, System.nanoTime() - age));
        }
    }

    /** Log entries that sources have told of beyond these watermarks. Any thread. */
    long entriesBeyond(List<Position> watermarks) {
        return inbox.entriesBeyond(watermarks);
    }

    /** Makes {@link #run} return soon, after a commit. */
    void stop() {
        stopping = true;
        ShardFeed.Scan running = scan;
        if (running != null) {
            running.close();
        }
        inbox.wake();
    }

    /**
     * Lives until stopped.
     *
     * @throws RebuildNeededException if the index cannot go on
     * @throws IOException if the disk fails or a file is damaged
     */
    void run() throws IOException, InterruptedException {
        try {
            publish();
            followKnown();
            scanNew();
            while (!stopping) {
                receive(untilDue());
                publishIfDue();
                commitIfDue();
            }
            if (scanned()) {
                commit();
            }
        } finally {
            tails.values().forEach(PartitionTail::unfollow);
        }
    }

    private void followKnown() {
        for (PartitionTail tail : tails.values()) {
            if (!tail.isNew()) {
                tail.follow(feed, id);
            }
        }
    }

    // ---- scanning

    private boolean scanned() {
        return tails.values().stream().noneMatch(PartitionTail::scanning);
    }

    private void scanNew() throws IOException, InterruptedException {
        for (PartitionTail tail : tails.values()) {
            if (tail.isNew()) {
                scan(tail);
            }
            if (stopping) {
                return;
            }
            commitIfDue();
        }
    }

    private void scan(PartitionTail tail) throws IOException, InterruptedException {
        scans.increment();
        String lastKey = "";
        long pause = MIN_PAUSE;
        while (!stopping) {
            try (ShardFeed.Scan rows = feed.scan(tail.partition(), id, lastKey)) {
                scan = rows;
                for (@Nullable ScanShardResponse batch = first(tail, rows); batch != null; batch = rows.next()) {
                    lastKey = index(tail, batch, lastKey);
                    pause = MIN_PAUSE;
                    receive(0);
                }
                apply(tail.scanEnds());
                return;
            } catch (VoronodeException e) {
                LOG.debug("scan of partition {} for shard {} failed; it goes on", tail.partition(), id, e);
                receiveFor(pause);
                pause = Math.min(2 * pause, MAX_PAUSE);
            } finally {
                scan = null;
            }
        }
    }

    private ScanShardResponse first(PartitionTail tail, ShardFeed.Scan rows) {
        if (stopping) {
            throw new VoronodeException.Unavailable("shard " + id + " is closing");
        }
        ScanShardResponse batch = rows.next();
        if (batch == null) {
            throw new VoronodeException.Unavailable(
                    "partition " + tail.partition() + " ended its scan without a position");
        }
        if (tail.scanStarts(batch.getPosition())) {
            tail.follow(feed, id);
        }
        return batch;
    }

    private String index(PartitionTail tail, ScanShardResponse batch, String lastKey) throws IOException {
        tail.scanned(batch.getPosition());
        String last = lastKey;
        for (ScannedRow row : batch.getRowsList()) {
            index.upsert(row.getKey(), row.getRow());
            last = row.getKey();
        }
        return last;
    }

    // ---- applying

    /** For so long, whatever the feeds say meanwhile. */
    private void receiveFor(long nanos) throws IOException, InterruptedException {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !stopping; left = until - System.nanoTime()) {
            receive(left);
        }
    }

    private void receive(long timeoutNanos) throws IOException, InterruptedException {
        apply(inbox.drain(timeoutNanos));
    }

    private void apply(List<FeedEvent> events) throws IOException {
        for (FeedEvent event : events) {
            if (!event.tail().defer(event)) {
                switch (event) {
                    case FeedEvent.Changed changed -> apply(changed);
                    case FeedEvent.Advanced advanced -> advance(advanced);
                }
            }
        }
    }

    private void advance(FeedEvent.Advanced event) {
        event.tail().requireLineage(event.source());
        advance(event.tail(), event.source().getIndex(), event);
    }

    private void advance(PartitionTail tail, long index, FeedEvent event) {
        movedSinceCommit |= tail.advanceTo(index, event.source(), event.leaderHeardNanos());
        moved = true;
    }

    private void apply(FeedEvent.Changed event) throws IOException {
        PartitionTail tail = event.tail();
        ShardChanges changes = event.changes();
        if (changes.getCode() == FeedCode.FEED_CODE_REBUILD) {
            throw new RebuildNeededException("partition " + tail.partition() + " no longer keeps the changes behind "
                    + tail.applied().getIndex());
        }
        tail.requireLineage(event.source());
        if (changes.getCode() == FeedCode.FEED_CODE_GENERATION_ENDED) {
            // The source no longer has what came before the end, so the cursor and the watermark stay where they are.
            visibility.end();
            return;
        }
        for (RowChange change : changes.getChangesList()) {
            if (change.getIndex() > tail.applied().getIndex()) {
                apply(change);
                tail.shows(change, event.source());
            }
        }
        tail.unstamped(changes.getUnstamped(), event.source().getIndex());
        advance(tail, changes.getUptoIndex(), event);
        tail.acknowledge(visibility.peek() != null);
    }

    private void apply(RowChange change) throws IOException {
        switch (change.getChangeCase()) {
            case ROW -> index.upsert(change.getKey(), change.getRow());
            case REMOVED -> index.delete(change.getKey());
            case CHANGE_NOT_SET ->
                throw new VoronodeException.Bug("a change of key \"" + change.getKey() + "\" says nothing", null);
        }
    }

    // ---- publishing

    private long untilDue() {
        long now = System.nanoTime();
        long due = movedSinceCommit || index.uncommittedBytes() > 0 ? commitDueNanos() - now : MAX_PAUSE;
        if (index.dirty() || moved) {
            due = Math.min(due, publishDueNanos() - now);
        }
        return Math.max(0, due);
    }

    private long publishDueNanos() {
        return pace.dueNanos(index.dirty(), visibility.hasWaiters());
    }

    private void publishIfDue() throws IOException {
        if ((moved || index.dirty()) && System.nanoTime() - publishDueNanos() >= 0) {
            publish();
        }
    }

    private void publish() throws IOException {
        moved = false;
        pace.starts(System.nanoTime());
        if (tails.isEmpty() || !tails.values().stream().allMatch(PartitionTail::complete)) {
            return;
        }
        List<Position> watermarks =
                tails.values().stream().map(PartitionTail::applied).toList();
        List<Position> seen = tails.values().stream().map(PartitionTail::seen).toList();
        boolean changed = index.dirty();
        visibility.publish(new PublishedIndex(
                index.refresh(), index.layout().metric(), index.filters(), watermarks, seen, headAtNanos()));
        if (changed) {
            pace.publishedChanges(System.nanoTime());
        }
    }

    private long headAtNanos() {
        long now = System.nanoTime();
        long oldest = tails.values().stream()
                .mapToLong(tail -> now - tail.headAtNanos())
                .max()
                .orElse(0);
        return now - oldest;
    }

    // ---- committing

    private long commitDueNanos() {
        return committedNanos + (index.uncommittedBytes() > 0 ? COMMIT_CHANGES : COMMIT_CURSORS);
    }

    private void commitIfDue() throws IOException {
        boolean late = (movedSinceCommit || index.uncommittedBytes() > 0) && System.nanoTime() - commitDueNanos() >= 0;
        if (late || index.uncommittedBytes() >= COMMIT_BYTES) {
            commit();
        }
    }

    private void commit() throws IOException {
        List<PartitionTail> known =
                tails.values().stream().filter(tail -> !tail.isNew()).toList();
        long age = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - headAtNanos());
        List<Cursor> cursors = known.stream().map(PartitionTail::cursor).toList();
        index.commit(CommitData.of(index.layout().name(), System.currentTimeMillis() - age, cursors)
                .encode());
        known.forEach(tail -> tail.committed(tail.applied()));
        boolean serving = visibility.peek() != null;
        known.forEach(tail -> tail.acknowledge(serving));
        movedSinceCommit = false;
        committedNanos = System.nanoTime();
    }
}
