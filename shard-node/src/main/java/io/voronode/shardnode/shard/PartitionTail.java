package io.voronode.shardnode.shard;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.wire.VoronodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far a replica has followed one partition. Owned by the apply thread, except that feeds call it as a sink, which only
 * puts into the inbox.
 *
 * <p>States: new (no position) → scanning (changes wait until the scan is done) → following → complete (past the end of
 * its scan, and every row of the partition had its stamp): only then may a watermark be published. A cursor read from a commit starts as
 * following or complete.
 */
final class PartitionTail implements ShardFeed.Sink {
    /** A source that has not heard of its leader at all says the greatest number there is, from which no time can be reckoned. */
    private static final long MAX_SILENCE_MS = TimeUnit.DAYS.toMillis(365);

    private final int partition;
    private final Inbox inbox;
    private final List<FeedEvent> waiting = new ArrayList<>();

    private volatile Position committed;
    private Position applied;
    private long seenIndex;
    private long scanEnd;
    private long stampedIndex = -1;
    private boolean scanning;
    private boolean complete;
    private long headAtNanos;
    private ShardFeed.@Nullable Subscription subscription;

    /** A partition that has not been scanned. */
    PartitionTail(int partition, Inbox inbox) {
        this(
                partition,
                inbox,
                new Cursor(Position.newBuilder().setPartition(partition).build(), 0, 0, false),
                heard(Long.MAX_VALUE));
    }

    /** A partition whose changes up to the cursor are in the index. */
    PartitionTail(int partition, Inbox inbox, Cursor cursor, long headAtNanos) {
        this.partition = partition;
        this.inbox = inbox;
        this.applied = cursor.position();
        this.committed = cursor.position();
        this.seenIndex = cursor.seen();
        this.scanEnd = cursor.scanEnd();
        this.complete = cursor.complete();
        // In the future by a clock that has been set back: there it would stay until then, and the lag would be told as
        // none.
        this.headAtNanos = headAtNanos - Math.max(0, headAtNanos - System.nanoTime());
    }

    int partition() {
        return partition;
    }

    boolean isNew() {
        return applied.getLineage().isEmpty();
    }

    boolean complete() {
        return complete;
    }

    Position applied() {
        return applied;
    }

    /** Whether the index shows states of records from beyond {@link #applied}. */
    private boolean isAhead() {
        return seenIndex > applied.getIndex();
    }

    /** What a session has seen that has seen the index. */
    Position seen() {
        return isAhead() ? applied.toBuilder().setIndex(seenIndex).build() : applied;
    }

    /** When {@link #applied} was the head of the log, on the clock of System.nanoTime. */
    long headAtNanos() {
        return headAtNanos;
    }

    Cursor cursor() {
        return new Cursor(applied, seen().getIndex(), scanEnd, complete);
    }

    // ---- scanning

    /**
     * The scan starts, or goes on at another source, at this position.
     *
     * @return whether changes must be followed from here
     */
    boolean scanStarts(Position source) {
        scanning = true;
        requireLineage(source);
        scanEnd = Math.max(scanEnd, source.getIndex());
        if (!isNew() && source.getIndex() >= applied.getIndex()) {
            return false;
        }
        applied = source;
        committed = source;
        waiting.clear();
        return true;
    }

    /** A source that went back may lack rows whose changes are not followed: the scan then goes on from there. */
    void scanned(Position source) {
        requireLineage(source);
        if (source.getIndex() < applied.getIndex()) {
            throw new VoronodeException.Unavailable("partition " + partition + " went back from " + applied.getIndex()
                    + " to " + source.getIndex() + " during a scan");
        }
        scanEnd = Math.max(scanEnd, source.getIndex());
    }

    /** The scan is done: what was said meanwhile is next. */
    List<FeedEvent> scanEnds() {
        scanning = false;
        List<FeedEvent> said = List.copyOf(waiting);
        waiting.clear();
        return said;
    }

    boolean scanning() {
        return scanning;
    }

    /** Keeps an event for the end of the scan; false when there is none going on. */
    boolean defer(FeedEvent event) {
        return scanning && waiting.add(event);
    }

    // ---- following

    void requireLineage(Position source) {
        ByteString lineage = applied.getLineage();
        if (!lineage.isEmpty() && !lineage.equals(source.getLineage())) {
            throw new RebuildNeededException("partition " + partition + " has another lineage");
        }
    }

    /**
     * The index shows this change now, which has the row as the source had it, not as the change made it. A row tells since when it is
     * so; that there is none is true where the source was.
     */
    void shows(RowChange change, Position source) {
        long since = change.hasRow() ? change.getRow().getVersion() : source.getIndex();
        seenIndex = Math.max(seenIndex, since);
    }

    /**
     * Everything up to this log index is in the index now.
     *
     * @return whether that is news
     */
    boolean advanceTo(long index, Position source, long leaderHeardNanos) {
        boolean advanced = index > applied.getIndex();
        if (advanced) {
            applied = applied.toBuilder().setIndex(index).build();
        }
        if (index >= source.getIndex() && applied.getIndex() == index) {
            // What was its head once has been passed: a source that has heard less of its leader takes nothing back.
            headAtNanos += Math.max(0, leaderHeardNanos - headAtNanos);
        }
        complete = complete || (stampedIndex >= 0 && applied.getIndex() >= Math.max(stampedIndex, scanEnd));
        return advanced;
    }

    /**
     * The partition said at this position how many rows have no stamp. The last one may have got its stamp by a write, or may have been
     * deleted, at any index up to there, so only from there on is nothing missing.
     */
    void unstamped(long rows, long sourceIndex) {
        if (rows == 0 && stampedIndex < 0) {
            stampedIndex = sourceIndex;
        }
    }

    /** What an earlier subscription said is forgotten: it does not join on to what this one says first. */
    void follow(ShardFeed feed, ShardId shard) {
        unfollow();
        inbox.forget(this);
        subscription = feed.follow(partition, shard, this);
    }

    void unfollow() {
        if (subscription != null) {
            subscription.close();
            subscription = null;
        }
    }

    void committed(Position position) {
        committed = position;
    }

    void acknowledge(boolean serving) {
        if (subscription != null) {
            subscription.acknowledge(applied.getIndex(), committed.getIndex(), serving);
        }
    }

    // ---- called by feeds

    @Override
    public Position after() {
        return committed;
    }

    @Override
    public void changed(Position source, long lagMs, ShardChanges changes) {
        inbox.put(new FeedEvent.Changed(this, source, heard(lagMs), changes));
    }

    @Override
    public void advanced(Position source, long lagMs) {
        inbox.put(new FeedEvent.Advanced(this, source, heard(lagMs)));
    }

    private static long heard(long lagMs) {
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(Math.min(lagMs, MAX_SILENCE_MS));
    }
}
