package io.voronode.shardnode.shard;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
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
    private final int partition;
    private final Inbox inbox;
    private final List<FeedEvent> waiting = new ArrayList<>();

    private volatile Position committed;
    private Position applied;
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
                new Cursor(Position.newBuilder().setPartition(partition).build(), 0, false),
                0);
    }

    /** A partition whose changes up to the cursor are in the index. */
    PartitionTail(int partition, Inbox inbox, Cursor cursor, long headAtNanos) {
        this.partition = partition;
        this.inbox = inbox;
        this.applied = cursor.position();
        this.committed = cursor.position();
        this.scanEnd = cursor.scanEnd();
        this.complete = cursor.complete();
        this.headAtNanos = headAtNanos;
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

    /** When {@link #applied} was the head of the log, on the clock of System.nanoTime. */
    long headAtNanos() {
        return headAtNanos;
    }

    Cursor cursor() {
        return new Cursor(applied, scanEnd, complete);
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
            headAtNanos = leaderHeardNanos;
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

    void acknowledge() {
        if (subscription != null) {
            subscription.acknowledge(applied.getIndex(), committed.getIndex());
        }
    }

    // ---- called by feeds

    @Override
    public Position after() {
        return committed;
    }

    @Override
    public void changed(Position source, long leaderSilenceMs, ShardChanges changes) {
        inbox.put(new FeedEvent.Changed(this, source, heard(leaderSilenceMs), changes));
    }

    @Override
    public void advanced(Position source, long leaderSilenceMs) {
        inbox.put(new FeedEvent.Advanced(this, source, heard(leaderSilenceMs)));
    }

    private static long heard(long leaderSilenceMs) {
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(leaderSilenceMs);
    }
}
