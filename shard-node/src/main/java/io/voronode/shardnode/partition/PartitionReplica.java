package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.shardnode.feed.FeedSource;
import io.voronode.shardnode.partition.PendingWrite.Answered;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * One partition on this node: its state machine, its way into the log, its rows. Lives as long as the host, across restarts of its Raft
 * division. Any thread may use it; the {@link ReplicaKeeper} looks after it.
 */
final class PartitionReplica implements FeedSource, AutoCloseable {
    private static final int CONTROLS_IN_FLIGHT = 16;

    private final HostContext context;
    private final RaftGroupId groupId;
    private final AppliedSignal signal = new AppliedSignal();
    private final PartitionCounters counters = new PartitionCounters();
    private final Proposer proposer;
    private final WriteCoalescer coalescer;
    private final BarrierGate barriers;
    private final Semaphore controls = new Semaphore(CONTROLS_IN_FLIGHT);
    private final PeerChange peerChange;

    private volatile PartitionTarget target;
    private volatile PartitionStateMachine machine;
    private volatile @Nullable String failure;

    PartitionReplica(HostContext context, PartitionTarget target) {
        this.context = context;
        this.target = target;
        this.groupId = GroupFiles.groupId(target);
        this.machine = newMachine();
        this.proposer =
                new Proposer(context.server(), groupId, target.getPartition(), this::nodeOfPeer, context.clock());
        this.coalescer = new WriteCoalescer(target.getPartition(), context.limits(), proposer, context.completions());
        this.barriers = new BarrierGate(proposer::propose);
        this.peerChange = new PeerChange(groupId, target.getPartition(), new RaftAdmin(context.server()));
    }

    /** For Ratis, which wants a new one whenever the division opens. */
    PartitionStateMachine renewMachine() {
        machine = newMachine();
        return machine;
    }

    private PartitionStateMachine newMachine() {
        LiveStore liveStore = new LiveStore(context.files().store(partition()), context.resources());
        return new PartitionStateMachine(liveStore, target.getGroupUuid(), signal, counters);
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

    /** Why the division does not work; null while it does. */
    @Nullable
    String failure() {
        return failure;
    }

    void fail(@Nullable String why) {
        failure = why;
    }

    CompletableFuture<Answered> write(RequestOperations operations) {
        requireLeader();
        context.freeSpace().require(operations);
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
        return peerChange.begin(request, raftConfiguration(), this::control);
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
        RaftConfiguration settled = raftConfiguration();
        return settled == null ? List.of() : PeerChange.ids(settled.getCurrentPeers());
    }

    /** Whether the last configuration in the log is the one in which the old voters and the new ones, of which this is one, must agree. */
    boolean isHalfJoined() {
        RaftServer.Division division = division();
        if (division == null) {
            return false;
        }
        String self = division.getId().toString();
        RaftConfiguration current = division.getRaftConf();
        return !current.getPreviousPeers().isEmpty()
                && PeerChange.ids(current.getCurrentPeers()).contains(self)
                && !PeerChange.ids(current.getPreviousPeers()).contains(self);
    }

    /** Makes a half-joined division that waits for a leader an ordinary follower, as one of the old voters would by leading it. */
    void startHalfJoined(RaftAdmin admin) {
        RaftServer.Division division = division();
        if (division != null) {
            division.getRaftConf().getPreviousPeers().stream()
                    .findFirst()
                    .ifPresent(old -> admin.startFollower(
                            groupId, old.getId(), division.getInfo().getCurrentTerm()));
        }
    }

    /** Null while it is being changed, or not known to be committed. */
    private @Nullable RaftConfiguration raftConfiguration() {
        RaftServer.Division division = division();
        if (division == null) {
            return null;
        }
        RaftConfiguration current = division.getRaftConf();
        boolean settled = current.getPreviousPeers().isEmpty()
                && current.getLogEntryIndex() <= division.getRaftLog().getLastCommittedIndex();
        return settled ? current : null;
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

    private void awaitApplied(long index) {
        try {
            if (!signal.await(index, Deadlines.remainingNanos())) {
                throw new VoronodeException.Unavailable(
                        "BEHIND: partition " + partition() + " has applied " + signal.index() + " < " + index);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VoronodeException.Unavailable("interrupted while waiting for " + index, e);
        }
    }

    private void requireLeader() {
        String why = failure;
        if (why != null) {
            throw new VoronodeException.Unavailable("partition " + partition() + " does not work here: " + why);
        }
        if (!isLeader()) {
            String leader = leaderNode();
            throw new VoronodeException.NotLeader(
                    "partition " + partition() + " is led by " + (leader == null ? "an unknown node" : leader), leader);
        }
    }

    boolean isLeader() {
        DivisionInfo info = info();
        return info != null && info.isAlive() && info.isLeader();
    }

    /** Whether this replica leads and has applied all that earlier leaders committed. */
    boolean isReadyLeader() {
        DivisionInfo info = info();
        return info != null && info.isAlive() && info.isLeaderReady();
    }

    @Nullable
    String leaderNode() {
        DivisionInfo info = info();
        return info == null || info.getLeaderId() == null
                ? null
                : nodeOfPeer(info.getLeaderId().toString());
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
    public long leaderSilenceMs() {
        DivisionInfo info = info();
        if (info == null || !info.getLifeCycleState().isRunning()) {
            return Long.MAX_VALUE;
        }
        if (info.isLeader()) {
            return 0;
        }
        RoleInfoProto role = info.getRoleInfoProto();
        return role.hasCandidateInfo()
                ? role.getCandidateInfo().getLastLeaderElapsedTimeMs()
                : role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs();
    }

    /** Null while the group is not open. */
    @Nullable
    DivisionInfo info() {
        RaftServer.Division division = division();
        return division == null ? null : division.getInfo();
    }

    private RaftServer.@Nullable Division division() {
        try {
            return context.server().getDivision(groupId);
        } catch (IOException e) {
            return null;
        }
    }

    PartitionStatus status() {
        return ReplicaStatus.of(this);
    }

    @Override
    public void close() {
        coalescer.close();
    }
}
