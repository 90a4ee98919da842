package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.shardnode.partition.apply.EntryApplier;
import io.voronode.shardnode.partition.apply.Outcome;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties one partition's row store to its Raft log. Ratis' updater thread applies; other Ratis threads pause it for a snapshot
 * install, so one lock guards the store against both. Rows are read elsewhere, from views of the store.
 *
 * <pre>
 *   NEW ──initialize──► RUNNING ──pause──► PAUSING ─► PAUSED ──reinitialize──► STARTING ─► RUNNING ──close──► CLOSED
 * </pre>
 *
 * <p>Three indexes must not be confused: the newest snapshot's, from which Ratis replays after a start; the store's, which may be ahead of
 * it, so that replay changes nothing up to it; and the one that Ratis has applied, which is what this class reports.
 */
final class PartitionStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateMachine.class);

    private final LiveStore liveStore;
    private final ByteString groupUuid;
    private final AppliedSignal signal;
    private final PartitionCounters counters;
    private final CheckpointStorage checkpoints = new CheckpointStorage();
    private final LogGuard log;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable RowStore store;
    private @Nullable EntryApplier applier;
    /** What Ratis opened this for. */
    private volatile RaftServer.@Nullable Division division;

    private final AtomicLong bytesSinceSnapshot = new AtomicLong();
    private volatile @Nullable String failure;
    /** What installs had brought when the last one came to its end. */
    private List<Path> receivedBefore = List.of();

    PartitionStateMachine(
            LiveStore liveStore, LogMark mark, ByteString groupUuid, AppliedSignal signal, PartitionCounters counters) {
        this.liveStore = liveStore;
        this.log = new LogGuard(mark, checkpoints);
        this.groupUuid = groupUuid;
        this.signal = signal;
        this.counters = counters;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        try {
            start(server, groupId, storage);
            division = server.getDivision(groupId);
        } catch (IOException | RuntimeException e) {
            // Ratis closes neither, and both are locked: no later attempt could open them.
            closeStore();
            storage.close();
            throw e;
        }
    }

    private void start(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, groupId, storage);
                            checkpoints.init(storage);
                            log.read(storage.getStorageDir().getCurrentDir().toPath());
                            open(liveStore.open(checkpoints.newest()));
                            log.settle(applier().index());
                            takeFirstSnapshot();
                        },
                        IOException.class,
                        VoronodeException.class);
    }

    private void open(RowStore opened) {
        EntryApplier newApplier = applierOrClose(opened);
        store = opened;
        applier = newApplier;
        TermIndex snapshot = latestSnapshot();
        setLastAppliedTermIndex(snapshot);
        signal.advance(newApplier.index());
        LOG.info("{}: row store is at {}, replay starts at {}", getGroupId(), newApplier.index(), snapshot);
    }

    /** A store that is not closed keeps its folder locked, and no later attempt can open it. */
    private EntryApplier applierOrClose(RowStore opened) {
        try {
            return new EntryApplier(opened, groupUuid);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private TermIndex latestSnapshot() {
        var latest = checkpoints.getLatestSnapshot();
        return latest == null ? TermIndex.valueOf(0, RaftLog.INVALID_LOG_INDEX) : latest.getTermIndex();
    }

    /** A store without a snapshot is one whose log would have to reach back to its beginning. */
    private void takeFirstSnapshot() throws IOException {
        EntryApplier current = applier();
        if (checkpoints.getLatestSnapshot() == null && current.index() > 0) {
            takeCheckpoint(current);
            setLastAppliedTermIndex(latestSnapshot());
        }
    }

    private void takeCheckpoint(EntryApplier current) throws IOException {
        checkpoints.take(openStore(), current.term(), current.index());
        log.applied(current.index());
        counters.snapshotTaken();
    }

    /** So that no more than what was written since can be taken for torn by a crash. */
    void markApplied() throws IOException {
        log.applied(getLastAppliedTermIndex().getIndex());
    }

    /** After Ratis has closed the log. */
    void markLogEnd() throws IOException {
        log.closed();
    }

    /** A consistent view of the rows, for any thread. */
    RowView view() {
        return openStore().view();
    }

    RowStore openStore() {
        RowStore current = store;
        if (current == null) {
            throw new VoronodeException.Unavailable("partition group " + getGroupId() + " is not open");
        }
        return current;
    }

    private EntryApplier applier() {
        if (applier == null) {
            throw new VoronodeException.Unavailable("partition group " + getGroupId() + " is not open");
        }
        return applier;
    }

    /** Log bytes applied since the last snapshot. */
    long bytesSinceSnapshot() {
        return bytesSinceSnapshot.get();
    }

    /** The log index of the newest snapshot on the disk; −1: there is none. */
    long snapshotIndex() {
        SnapshotInfo latest = checkpoints.getLatestSnapshot();
        return latest == null ? -1 : latest.getIndex();
    }

    /** The division cannot go on. */
    void fail(String why) {
        failure = why;
    }

    /** Brings back, once the division is closed, what it could not write of its votes. */
    void restoreVotes() throws IOException {
        RaftServer.Division closed = division;
        if (closed != null) {
            RaftStorage storage = closed.getRaftStorage();
            UnwrittenVotes.restore(
                    storage.getStorageDir().getCurrentDir().toPath(),
                    closed.getInfo().getCurrentTerm(),
                    storage.getMetadataFile().getMetadata(),
                    closed.getId());
        }
    }

    /** Why the log, the store or the votes failed, if they did. */
    @Nullable
    String failure() {
        return failure;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(request.getMessage())
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto logEntry = context.getLogEntry();
        lock.lock();
        try {
            // During a snapshot install Ratis still applies; the snapshot covers what is left out here.
            if (getLifeCycleState() == LifeCycle.State.RUNNING) {
                apply(context, logEntry);
            }
            return CompletableFuture.completedFuture(Message.EMPTY);
        } catch (RuntimeException e) {
            // Thrown, not returned: after a failed future Ratis would go on with the next entry.
            failure = "entry " + logEntry.getIndex() + " could not be applied: " + e;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void apply(TransactionContext context, LogEntryProto logEntry) {
        var data = logEntry.getStateMachineLogEntry().getLogData();
        long index = logEntry.getIndex();
        // What the store contains is replayed after a start, and there is much of it: not worth parsing.
        if (index > applier().index()) {
            Proposal proposal = context.getStateMachineContext() instanceof Proposal own ? own : null;
            PartitionEntry entry = proposal == null ? parse(data, index) : proposal.entry();
            Outcome outcome = applier().apply(logEntry.getTerm(), index, entry);
            counters.applied(outcome, data.size());
            if (proposal != null) {
                proposal.applied(index, outcome);
            }
        }
        bytesSinceSnapshot.addAndGet(data.size());
        moved(logEntry.getTerm(), index);
    }

    private PartitionEntry parse(org.apache.ratis.thirdparty.com.google.protobuf.ByteString data, long index) {
        try {
            return PartitionEntry.parseFrom(Proposal.bytes(data));
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Corruption("log entry " + index + " of " + getGroupId() + " cannot be read", e);
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        lock.lock();
        try {
            if (getLifeCycleState() == LifeCycle.State.RUNNING) {
                applier().skip(term, index);
                moved(term, index);
            }
        } finally {
            lock.unlock();
        }
    }

    private void moved(long term, long index) {
        updateLastAppliedTermIndex(term, index);
        signal.advance(Math.max(index, applier().index()));
    }

    @Override
    public long takeSnapshot() throws IOException {
        lock.lock();
        try {
            EntryApplier current = applier();
            TermIndex applied = getLastAppliedTermIndex();
            // While replay is behind the store, a snapshot of the store would be of a future that Ratis does not know.
            if (getLifeCycleState() != LifeCycle.State.RUNNING || applied.getIndex() < current.index()) {
                return RaftLog.INVALID_LOG_INDEX;
            }
            if (current.index() > 0) {
                takeCheckpoint(current);
            }
            bytesSinceSnapshot.set(0);
            return current.index() > 0 ? current.index() : RaftLog.INVALID_LOG_INDEX;
        } catch (VoronodeException e) {
            // Ratis logs this kind and goes on; any other closes the division. The log has everything, so the next
            // attempt will do.
            throw new IOException("no snapshot could be taken: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return checkpoints;
    }

    @Override
    public void pause() {
        lock.lock();
        try {
            receivedBefore = checkpoints.received();
            // Ratis pauses before it moves the snapshot to its place. Where that fails it does not say so, and comes
            // again.
            if (getLifeCycleState() != LifeCycle.State.PAUSED || awaitsReload()) {
                getLifeCycle().transition(LifeCycle.State.PAUSING);
                getLifeCycle().transition(LifeCycle.State.PAUSED);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshots of " + getGroupId() + " cannot be listed", e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a snapshot is in its place that the store has not been made from yet: until then no other may come. */
    private boolean awaitsReload() throws IOException {
        return checkpoints.newestIndex() > applier().index();
    }

    @Override
    public void reinitialize() throws IOException {
        lock.lock();
        try {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            closeStore();
            checkpoints.refresh();
            open(liveStore.install(installed()));
            CheckpointStorage.clearInstalls(receivedBefore);
            counters.snapshotInstalled();
            bytesSinceSnapshot.set(0);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        } finally {
            lock.unlock();
        }
    }

    private CheckpointStorage.Checkpoint installed() throws IOException {
        CheckpointStorage.Checkpoint newest = checkpoints.newest();
        if (newest == null) {
            throw new IOException("the snapshot of " + getGroupId() + " was not installed");
        }
        return newest;
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        failure = "the Raft log could not be written: " + cause;
        LOG.error("{}: the Raft log failed", getGroupId(), cause);
    }

    /** Reads do not pass through Ratis; its own stale read would wait for a commit, not for apply. */
    @Override
    public CompletableFuture<Message> queryStale(Message request, long minIndex) {
        return query(request);
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.failedFuture(new IOException("rows are not read through Raft"));
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            log.closing();
            getLifeCycle().checkStateAndClose(this::closeStore);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes what is left where a division could not be started though its store is open, as when a leader's message comes in the midst: Ratis
     * forgets it and leaves its threads and locks, by which no later attempt could open the group.
     */
    void closeLeftovers() {
        RaftServer.Division left = division;
        if (left == null) {
            return;
        }
        try {
            left.close();
            close();
        } catch (IOException e) {
            LOG.warn("{}: what its failed start left could not be closed", getGroupId(), e);
        }
    }

    private void closeStore() {
        RowStore old = store;
        store = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public String toString() {
        return "PartitionStateMachine[" + getGroupId() + "]";
    }
}
