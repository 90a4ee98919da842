package io.voronode.shardnode.partition;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;

/**
 * A follower, by what the leader knows of it.
 *
 * @param matchIndex up to here its log is the leader's
 * @param silenceMs since it answered
 */
record Follower(RaftPeerId id, long matchIndex, long silenceMs) {
    /** A follower that answered this long ago is taken for one that lives: leaders ask twice as often. */
    private static final long LIVELY_MS = 1_000;

    boolean lives() {
        return silenceMs <= LIVELY_MS;
    }

    /** Those of a division that leads; none while they change. Ratis lists followers and the indexes up to which their logs match in one order. */
    static List<Follower> of(RaftDivision division) {
        DivisionInfo info = division.info();
        long[] matches = info == null ? null : info.getFollowerMatchIndices();
        RoleInfoProto role = info == null ? RoleInfoProto.getDefaultInstance() : info.getRoleInfoProto();
        List<ServerRpcProto> peers = role.getLeaderInfo().getFollowerInfoList();
        if (matches == null || matches.length != peers.size()) {
            return List.of();
        }
        return IntStream.range(0, matches.length)
                .mapToObj(i -> new Follower(
                        RaftPeerId.valueOf(peers.get(i).getId().getId()),
                        matches[i],
                        peers.get(i).getLastRpcElapsedTimeMs()))
                .toList();
    }
}
