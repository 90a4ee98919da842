package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ratis does as it is set, where its defaults have done harm. */
final class RaftSettingsTest {
    private static final long TERM = 5;

    @TempDir
    private Path folder;

    private final RaftGroup group = RaftGroup.valueOf(
            RaftGroupId.randomId(),
            Stream.of("self", "leader", "other").map(RaftSettingsTest::peer).toList());

    private static RaftPeer peer(String id) {
        return RaftPeer.newBuilder()
                .setId(id)
                .setAddress("127.0.0.1:" + TestNode.freePort())
                .build();
    }

    @Test
    void aFollowerGoesOnAfterAnAppendThatFailed() throws IOException {
        try (RaftServer follower = follower()) {
            follower.start();
            append(follower, null, entry(TERM, 0), entry(TERM, 1));

            assertThatThrownBy(() -> append(follower, entry(TERM, 1), entry(TERM, 2), entry(TERM - 1, 3)))
                    .as("an entry of an older term than the last")
                    .isInstanceOf(Exception.class);

            assertThat(append(follower, entry(TERM, 2), entry(TERM, 3)).getResult())
                    .isEqualTo(AppendResult.SUCCESS);
        }
    }

    private RaftServer follower() throws IOException {
        RaftPeer self = group.getPeers().iterator().next();
        int port = Integer.parseInt(self.getAddress().replaceAll(".*:", ""));
        PartitionHostConfig config =
                new PartitionHostConfig("self", folder, "127.0.0.1", port, PartitionLimits.DEFAULTS);
        return RaftServer.newBuilder()
                .setServerId(self.getId())
                .setGroup(group)
                .setStateMachine(new BaseStateMachine())
                .setProperties(RaftSettings.of(config, folder.resolve("raft"), folder.resolve("removed")))
                .build();
    }

    private AppendEntriesReplyProto append(
            RaftServer follower, @Nullable LogEntryProto previous, LogEntryProto... entries) throws IOException {
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(RaftPeerId.valueOf("leader").toByteString())
                        .setReplyId(follower.getId().toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group.getGroupId()))
                        .setCallId(entries[0].getIndex()))
                .setLeaderTerm(TERM)
                .setLeaderCommit(-1)
                .addAllEntries(List.of(entries));
        if (previous != null) {
            request.setPreviousLog(
                    TermIndexProto.newBuilder().setTerm(previous.getTerm()).setIndex(previous.getIndex()));
        }
        return follower.appendEntries(request.build());
    }

    private static LogEntryProto entry(long term, long index) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.getDefaultInstance())
                .build();
    }
}
