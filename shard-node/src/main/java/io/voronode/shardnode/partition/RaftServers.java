package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;

/** Makes the Raft server of a host. */
final class RaftServers {
    private RaftServers() {}

    /**
     * Ratis would end the whole process when it cannot listen.
     *
     * @throws VoronodeException.Unavailable if somebody else listens there
     */
    static void requireFree(PartitionHostConfig config) {
        ExitUtils.disableSystemExit();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(config.raftHost(), config.raftPort()));
        } catch (IOException e) {
            throw new VoronodeException.Unavailable(
                    "cannot listen on " + config.raftHost() + ":" + config.raftPort() + " for Raft: " + e.getMessage(),
                    e);
        }
    }

    /**
     * The server without groups. Ratis opens every directory of its storage folder while it is built, and one that does not open would keep
     * all others from starting; so it is built on a folder without any, and the groups are added one by one.
     */
    static RaftServer build(
            PartitionHostConfig config, GroupFiles files, String peerId, StateMachine.Registry stateMachines)
            throws IOException {
        Path none = files.raft().resolveSibling("raft-without-groups");
        RaftProperties properties = RaftSettings.of(config, none, files.removed());
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(peerId))
                .setStateMachineRegistry(stateMachines)
                .setProperties(properties)
                .setParameters(new Parameters())
                .build();
        RaftServerConfigKeys.setStorageDir(properties, List.of(files.raft().toFile()));
        return server;
    }
}
