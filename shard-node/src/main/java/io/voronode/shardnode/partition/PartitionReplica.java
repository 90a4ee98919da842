package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.PartitionMemory;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.shardnode.feed.FeedSource;
import io.voronode.shardnode.partition.PendingWrite.Answered;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreScrub;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition on this node: its state machine, its way into the log, its rows. Lives as long as the host, across restarts of its Raft
 * division. Any thread may use it; the {@link ReplicaKeeper} looks after it.
 */
final class PartitionReplica implements FeedSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionReplica.class);
    private static final int CONTROLS_IN_FLIGHT = 16;

    private final HostContext context;
    private final RaftGroupId groupId;
    private final RaftDivision division;
    private final AppliedSignal signal = new AppliedSignal();
    private final PartitionCounters counters = new PartitionCounters();
    private final Proposer proposer;
    private final WriteCoalescer coalescer;
    private final BarrierGate barriers;
    private final Semaphore controls = new Semaphore(CONTROLS_IN_FLIGHT);
    private final PeerChange peerChange;
    private final ReplicaHealth health;
    private final RowFreshness freshness = new RowFreshness(System::nanoTime);

    private volatile PartitionTarget target;
    private volatile PartitionStateMachine machine;
    private volatile boolean handedOver;

    PartitionReplica(HostContext context, PartitionTarget target) {
        this.context = context;
        this.target = target;
        this.groupId = GroupFiles.groupId(target);
        this.division = new RaftDivision(context.server(), groupId);
        this.health = new ReplicaHealth(target.getPartition());
        this.machine = newMachine();
        this.proposer =
                new Proposer(context.server(), groupId, target.getPartition(), this::nodeOfPeer, context.clock());
        this.coalescer = new WriteCoalescer(
                target.getPartition(), context.limits(), proposer, context.completions(), context.writes());
        this.barriers = new BarrierGate(proposer::propose);
        this.peerChange = new PeerChange(groupId, target.getPartition(), new RaftAdmin(context.server()));
    }

    /** For Ratis, which wants a new one whenever the division opens. */
    PartitionStateMachine renewMachine() {
        freshness.forget();
        machine = newMachine();
        return machine;
    }

    /** Opens the group, or makes it; where that fails nothing is left open. */
    void open(RaftAdmin admin, PartitionTarget wanted, boolean format) {
        try {
            admin.add(wanted, format);
        } catch (VoronodeException e) {
            machine.closeLeftovers();
            throw e;
        }
    }

    private PartitionStateMachine newMachine() {
        LiveStore liveStore = new LiveStore(context.files().store(partition()), context.resources(), health::met);
        LogMark mark = new LogMark(context.files().logMark(partition()));
        return new PartitionStateMachine(liveStore, mark, target.getGroupUuid(), signal, counters);
    }

    PartitionStateMachine machine() {
        return machine;
    }

    PartitionCounters counters() {
        return counters;
    }

    PartitionTarget target() {
        return target;
    }

    /** Takes a newer target of the same group: names and addresses of the peers. */
    void retarget(PartitionTarget newTarget) {
        target = newTarget;
    }

    RaftGroupId groupId() {
        return groupId;
    }

    @Override
    public int partition() {
        return target.getPartition();
    }

    @Override
    public RowView view() {
        health.requireUndamaged();
        return machine.view();
    }

    @Override
    public long appliedIndex() {
        return signal.index();
    }

    @Override
    public void onApplied(Runnable listener) {
        signal.addListener(listener);
    }

    @Override
    public void removeOnApplied(Runnable listener) {
        signal.removeListener(listener);
    }

    /** Of the history that this replica holds; empty before its first entry. */
    ByteString lineage() {
        try (RowView view = view()) {
            return view.applied().getLineage();
        }
    }

    /** Whether it works, and why not. */
    ReplicaHealth health() {
        return health;
    }

    /** Reads a part of the row store; see {@link StoreScrub#step}. */
    long scrub(StoreScrub scrub, long bytes) {
        return scrub.step(machine.openStore(), bytes);
    }

    CompletableFuture<Answered> write(RequestOperations operations) {
        requireLeader();
        context.freeSpace().require(operations);
        context.pressure().require(partition(), operations);
        return coalescer.submit(operations);
    }

    CompletableFuture<Proposal> control(ControlCommand command) {
        requireLeader();
        if (!controls.tryAcquire()) {
            return CompletableFuture.failedFuture(new VoronodeException.Overload(
                    CONTROLS_IN_FLIGHT + " control commands are in flight in partition " + partition(),
                    Duration.ofMillis(50)));
        }
        return propose(PartitionEntry.newBuilder().setControl(command))
                .whenComplete((proposal, error) -> controls.release());
    }

    /** Ends when the change has begun, or there is nothing to change. */
    CompletableFuture<Void> changePeers(ChangePeersRequest request) {
        requireLeader();
        return peerChange.begin(request, division.configuration(), this::control);
    }

    /** Whether this replica, as the leader, has a change of the voters under way. */
    boolean changesPeers() {
        return peerChange.underWay();
    }

    /** The peer ids that vote, as the committed configuration has them; none while they change, or where this replica does not lead. */
    List<String> voters() {
        if (!isReadyLeader() || changesPeers()) {
            return List.of();
        }
        RaftConfiguration settled = division.configuration();
        return settled == null ? List.of() : PeerChange.ids(settled.getCurrentPeers());
    }

    CompletableFuture<Proposal> propose(PartitionEntry.Builder entry) {
        return proposer.propose(entry);
    }

    /** The index of a barrier proposed after this call. */
    CompletableFuture<Long> barrier() {
        requireLeader();
        return barriers.barrier();
    }

    /** A view that contains this position, or an error that tells the caller where to go. */
    RowView view(@Nullable Position atLeast) {
        if (atLeast == null) {
            return view();
        }
        awaitApplied(atLeast.getIndex());
        RowView view = view();
        try {
            requireLineage(view, atLeast);
            // The signal may have been that of before the division was opened anew, on an older state.
            requireReached(view.applied().getIndex(), atLeast.getIndex());
            return view;
        } catch (RuntimeException e) {
            view.close();
            throw e;
        }
    }

    private void requireLineage(RowView view, Position atLeast) {
        if (!view.applied().getLineage().equals(atLeast.getLineage())) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.OTHER_LINEAGE,
                    "the position at " + atLeast.getIndex() + " belongs to another history of partition "
                            + partition());
        }
    }

    private void requireReached(long applied, long wanted) {
        if (applied < wanted) {
            throw new VoronodeException.Unavailable(
                    "BEHIND: partition " + partition() + " has applied " + applied + " < " + wanted);
        }
    }

    private void awaitApplied(long index) {
        try {
            var _ = signal.await(index, Deadlines.remainingNanos());
            requireReached(signal.index(), index);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VoronodeException.Unavailable("interrupted while waiting for " + index, e);
        }
    }

    /** For good: another replica is to lead. */
    void refuseWrites() {
        handedOver = true;
    }

    /** Whether writes that were taken wait for their answers. */
    boolean hasWritesUnderWay() {
        return !coalescer.isIdle();
    }

    private void requireLeader() {
        if (handedOver) {
            throw new VoronodeException.Unavailable("partition " + partition() + " is handed over by this node");
        }
        health.requireWorking();
        if (!division.leads()) {
            String leader = leaderNode();
            throw new VoronodeException.NotLeader(
                    "partition " + partition() + " is led by " + (leader == null ? "an unknown node" : leader), leader);
        }
    }

    /** Whether this replica leads and has applied all that earlier leaders committed. */
    boolean isReadyLeader() {
        return division.leadsReadily();
    }

    @Nullable
    String leaderNode() {
        RaftPeerId leader = division.leader();
        return leader == null ? null : nodeOfPeer(leader.toString());
    }

    private @Nullable String nodeOfPeer(String peerId) {
        for (PartitionPeer peer : target.getPeersList()) {
            if (peer.getPeerId().equals(peerId)) {
                return peer.getNode();
            }
        }
        return null;
    }

    @Override
    public long lagMs() {
        lookHowFresh();
        return freshness.ageMs();
    }

    /** To be called now and then: what is known is as old as the last call that knew more. */
    void lookHowFresh() {
        if (!division.leadsReadily() && !freshness.isDue()) {
            return;
        }
        RaftDivision.Committed committed = division.committedByLeader();
        if (committed != null) {
            freshness.note(committed.index(), committed.agoMs(), division.appliedIndex());
        }
    }

    /** Where the files of the Raft log lie; there may be none yet. */
    Path logFolder() {
        return context.files().log(target);
    }

    RaftDivision division() {
        return division;
    }

    /** After the Raft server has closed. */
    void markLogEnd() {
        if (health.failure() != null) {
            return;
        }
        try {
            machine.markLogEnd();
        } catch (IOException | VoronodeException e) {
            LOG.warn("partition {}: the end of the log could not be marked", partition(), e);
        }
    }

    PartitionStatus status() {
        return ReplicaStatus.of(this);
    }

    /** The target, and what was dropped, as far as it can be read. */
    PartitionMemory recall() {
        PartitionMemory.Builder memory = PartitionMemory.newBuilder().setTarget(target);
        try (RowView view = view()) {
            memory.addAllDroppedCollections(view.droppedCollections());
        } catch (VoronodeException e) {
            LOG.debug("partition {} cannot be read", partition(), e);
        }
        return memory.build();
    }

    @Override
    public void close() {
        coalescer.close();
    }
}
