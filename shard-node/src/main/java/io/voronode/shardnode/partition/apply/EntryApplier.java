package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.shardnode.partition.store.RowStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Applies entries of a partition's log to its row store, each as one atomic batch that carries the log position. A pure function of
 * (state, entry). An entry at or before the store's position changes nothing: the log is replayed from the newest
 * snapshot, and the store may be ahead of it. Every failure to read or write is thrown, because a replica that goes on
 * after one has silently diverged. Owned by one thread, the apply thread.
 */
public final class EntryApplier {
    private static final int LINEAGE_BYTES = 16;

    private final RowStore store;
    private final ByteString groupUuid;
    private final PartitionState state;

    /** Continues where the store is. */
    public EntryApplier(RowStore store, ByteString groupUuid) {
        this.store = store;
        this.groupUuid = groupUuid;
        this.state = PartitionState.load(store);
    }

    /** The log index that the store contains; 0 before the first entry. */
    public long index() {
        return state.index();
    }

    /** The term of that entry. */
    public long term() {
        return state.term();
    }

    /** Applies one entry and tells what became of it; {@link Outcome.Done} for an entry that the store already contains. */
    public Outcome apply(long term, long index, PartitionEntry entry) {
        if (index <= state.index()) {
            return new Outcome.Done();
        }
        try (EntryBatch batch = new EntryBatch(store, index)) {
            moveTo(term, index);
            advanceTime(entry.getLeaderTimeMs());
            ResultLog results = new ResultLog(store, state);
            Outcome outcome = apply(entry, batch, results);
            results.prune(batch);
            batch.write(state);
            return outcome;
        }
    }

    private Outcome apply(PartitionEntry entry, EntryBatch batch, ResultLog results) {
        return switch (entry.getCommandCase()) {
            case WRITE -> new WriteApplier(state, batch, results).apply(entry.getWrite());
            case ASSIGN -> new AssignApplier(state, batch).apply(entry.getAssign());
            case CONTROL -> new ControlApplier(state, batch).apply(entry.getControl());
            case TRIM ->
                new TrimApplier(store, state, batch).apply(entry.getTrim().getUptoIndex());
            case EXPIRE -> new ExpireApplier(state, batch).apply(entry.getExpire());
            case BARRIER, COMMAND_NOT_SET -> new Outcome.Done();
        };
    }

    /** Takes note of a log index that Raft used for itself. */
    public void skip(long term, long index) {
        if (index <= state.index()) {
            return;
        }
        try (EntryBatch batch = new EntryBatch(store, index)) {
            moveTo(term, index);
            batch.write(state);
        }
    }

    private void moveTo(long term, long index) {
        state.applied().setTerm(term).setIndex(index);
    }

    private void advanceTime(long leaderTimeMs) {
        if (state.applied().getLineage().isEmpty()) {
            state.applied().setLineage(lineage(leaderTimeMs));
        }
        ResultClock.advance(state.applied(), leaderTimeMs);
        state.applied().setLogTimeMs(Math.max(leaderTimeMs, state.logTimeMs()));
    }

    /** A group that is formatted again under the same uuid has another first entry, and so another lineage. */
    private ByteString lineage(long leaderTimeMs) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update("lineage".getBytes(StandardCharsets.US_ASCII));
            sha.update(groupUuid.asReadOnlyByteBuffer());
            sha.update(ByteBuffer.allocate(3 * Long.BYTES)
                    .putLong(leaderTimeMs)
                    .putLong(state.term())
                    .putLong(state.index())
                    .flip());
            return ByteString.copyFrom(sha.digest(), 0, LINEAGE_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
