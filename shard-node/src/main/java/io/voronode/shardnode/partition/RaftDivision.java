package io.voronode.shardnode.partition;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;

/** What Ratis knows of one group here, whether it is open or not. Keeps nothing; any thread. */
final class RaftDivision {
    /** Of a follower that works; it hears from its leader more than once a second. */
    private static final long MAX_SILENCE_MS = 10_000;

    private static final long UPDATER_POLL_MS = 100;

    private final RaftServer server;
    private final RaftGroupId groupId;

    RaftDivision(RaftServer server, RaftGroupId groupId) {
        this.server = server;
        this.groupId = groupId;
    }

    /** Null while the group is not open. */
    RaftServer.@Nullable Division open() {
        try {
            return server.getDivision(groupId);
        } catch (IOException e) {
            return null;
        }
    }

    /** Null while the group is not open. */
    @Nullable
    DivisionInfo info() {
        RaftServer.Division division = open();
        return division == null ? null : division.getInfo();
    }

    boolean leads() {
        DivisionInfo info = info();
        return info != null && info.isAlive() && info.isLeader();
    }

    /** Whether it leads and has applied all that earlier leaders committed. */
    boolean leadsReadily() {
        DivisionInfo info = info();
        return info != null && info.isAlive() && info.isLeaderReady();
    }

    /** Null while none is known. */
    @Nullable
    RaftPeerId leader() {
        DivisionInfo info = info();
        return info == null ? null : info.getLeaderId();
    }

    /** The last log index that the leader had committed so long ago, or applied. */
    record Committed(long index, long agoMs) {}

    /**
     * What the leader had committed when it was last heard from; here and now where this leads. Null while no leader is known: how long Ratis
     * waits for one says nothing, since it also counts from when the division was opened.
     */
    @Nullable
    Committed committedByLeader() {
        RaftServer.Division division = open();
        DivisionInfo info = division == null ? null : division.getInfo();
        if (division == null || info == null || !info.getLifeCycleState().isRunning()) {
            return null;
        }
        if (info.isLeader()) {
            // A leader acknowledges what it has applied. One that is not ready may have less than the leader before it
            // acknowledged.
            return info.isLeaderReady() ? new Committed(info.getLastAppliedIndex(), 0) : null;
        }
        RoleInfoProto role = info.getRoleInfoProto();
        RaftPeerId leader = info.getLeaderId();
        if (leader == null || !role.hasFollowerInfo()) {
            return null;
        }
        long agoMs = role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs();
        return division.getCommitInfos().stream()
                .filter(commit ->
                        leader.equals(RaftPeerId.valueOf(commit.getServer().getId())))
                .findFirst()
                .map(commit -> new Committed(commit.getCommitIndex(), agoMs))
                .orElse(null);
    }

    /** The last log index that has been applied; −1 while the group is not open. */
    long appliedIndex() {
        DivisionInfo info = info();
        return info == null ? -1 : info.getLastAppliedIndex();
    }

    /** The committed configuration; null while it is being changed, or not known to be committed. */
    @Nullable
    RaftConfiguration configuration() {
        RaftServer.Division division = open();
        if (division == null) {
            return null;
        }
        RaftConfiguration current = division.getRaftConf();
        boolean settled = current.getPreviousPeers().isEmpty()
                && current.getLogEntryIndex() <= division.getRaftLog().getLastCommittedIndex();
        return settled ? current : null;
    }

    /** Whether the last configuration in the log is the one in which the old voters and the new ones, of which this is one, must agree. */
    boolean isHalfJoined() {
        RaftServer.Division division = open();
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
        RaftServer.Division division = open();
        if (division != null) {
            division.getRaftConf().getPreviousPeers().stream()
                    .findFirst()
                    .ifPresent(old -> admin.startFollower(
                            groupId, old.getId(), division.getInfo().getCurrentTerm()));
        }
    }

    /** The last index that every voter is known to have committed; −1 while one was not heard of, or the voters change. */
    long committedByAll() {
        RaftServer.Division division = open();
        RaftConfiguration voters = configuration();
        if (division == null || voters == null) {
            return -1;
        }
        Map<RaftPeerId, Long> commits = division.getCommitInfos().stream()
                .collect(Collectors.toMap(
                        info -> RaftPeerId.valueOf(info.getServer().getId()),
                        CommitInfoProto::getCommitIndex,
                        Math::max));
        return voters.getCurrentPeers().stream()
                .mapToLong(voter -> commits.getOrDefault(voter.getId(), -1L))
                .min()
                .orElse(-1);
    }

    /**
     * How far the slowest follower has the log that answered lately; {@link Long#MAX_VALUE} where this does not lead, or nobody answers. A
     * follower that is sent a snapshot has what it had before, and then what the snapshot contains.
     */
    long matchedByAnswering() {
        DivisionInfo info = info();
        if (info == null || !info.isLeader()) {
            return Long.MAX_VALUE;
        }
        List<ServerRpcProto> followers = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        long[] matched = info.getFollowerMatchIndices();
        if (matched == null || matched.length != followers.size()) {
            // They change just now.
            return -1;
        }
        return IntStream.range(0, matched.length)
                .filter(i -> followers.get(i).getLastRpcElapsedTimeMs() < MAX_SILENCE_MS)
                .mapToLong(i -> matched[i])
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Waits, at most so long, until the division can be closed. Where a leader could not write its log, Ratis closes the log, and its updater,
     * if it has not applied all that is committed, fails and closes the division. But if somebody else has begun to close that before, the
     * updater neither applies nor ends, and is waited for without end.
     */
    void awaitUpdater(Duration atMost) {
        RaftServer.Division division = open();
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        try {
            do {
                // First of all: who tells of the failure closes the log a moment later.
                TimeUnit.MILLISECONDS.sleep(UPDATER_POLL_MS);
            } while (division != null && isApplying(division) && System.nanoTime() - deadlineNanos < 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isApplying(RaftServer.Division division) {
        DivisionInfo info = division.getInfo();
        return info.isAlive()
                && info.getLastAppliedIndex() < division.getRaftLog().getLastCommittedIndex();
    }

    /** Null while the group is not open. */
    @Nullable
    RaftLog log() {
        RaftServer.Division division = open();
        return division == null ? null : division.getRaftLog();
    }
}
