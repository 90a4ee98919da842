package io.voronode.shardnode.partition;

import java.util.Optional;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * Gives the lead to the peer that should have it, while this one leads. Ratis does so by itself only at a moment in which that peer lacks
 * nothing, and under steady writes there is none: so it is told to, which holds new writes back until the peer has the last one, or for a
 * second. Where that does not help it is tried less and less often. Used by the keepers' thread.
 */
final class PreferredLead {
    private static final long INTERVAL_MS = 3_000;
    private static final int MAX_DOUBLINGS = 6;
    /** A peer that lacks more than this is still being filled, and writes would wait in vain. */
    private static final long NEAR_ENTRIES = 256;

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private long nextMs;
    private int attempts;

    PreferredLead(PartitionReplica replica, RaftAdmin admin) {
        this.replica = replica;
        this.admin = admin;
    }

    /** Of a replica that leads. */
    void tend(long tickMs) {
        if (tickMs < nextMs) {
            return;
        }
        Optional<RaftPeerId> preferred = preferred();
        nextMs = tickMs + (INTERVAL_MS << Math.min(attempts, MAX_DOUBLINGS));
        attempts = preferred.isPresent() ? attempts + 1 : 0;
        preferred.ifPresent(peer -> admin.transferLead(replica.groupId(), peer));
    }

    private Optional<RaftPeerId> preferred() {
        RaftConfiguration voters = replica.division().configuration();
        RaftLog log = replica.division().log();
        TermIndex last = log == null ? null : log.getLastEntryTermIndex();
        if (voters == null || last == null) {
            return Optional.empty();
        }
        int own = priority(voters, admin.self());
        return Follower.of(replica.division()).stream()
                .filter(follower -> follower.lives() && last.getIndex() - follower.matchIndex() <= NEAR_ENTRIES)
                .map(Follower::id)
                .filter(id -> priority(voters, id) > own)
                .findFirst();
    }

    private static int priority(RaftConfiguration voters, RaftPeerId id) {
        RaftPeer peer = voters.getPeer(id);
        return peer == null ? 0 : peer.getPriority();
    }
}
