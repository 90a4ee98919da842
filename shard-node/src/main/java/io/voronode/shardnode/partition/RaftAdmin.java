package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Orders to this process' own Raft server: groups, their voters, snapshots. Any thread; calls block up to their timeout. */
final class RaftAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(RaftAdmin.class);
    private static final long GROUP_TIMEOUT_SECONDS = 120;
    /** Writes are held back for so long at most while the lead is given away. */
    private static final long TRANSFER_TIMEOUT_MS = 1_000;

    private static final long SNAPSHOT_TIMEOUT_MS = 120_000;
    private static final ClientId CLIENT = ClientId.randomId();
    private static final AtomicLong CALLS = new AtomicLong();

    private final RaftServer server;

    RaftAdmin(RaftServer server) {
        this.server = server;
    }

    /** This process, in all groups. */
    RaftPeerId self() {
        return server.getId();
    }

    /**
     * Opens a group. FORMAT only for a group that is new here: RECOVER of a missing directory would format it silently and vote without
     * its past.
     */
    void add(PartitionTarget target, boolean format) {
        await(
                server::groupManagementAsync,
                GroupManagementRequest.newAdd(
                        CLIENT,
                        server.getId(),
                        CALLS.incrementAndGet(),
                        GroupFiles.group(target, server.getId().toString()),
                        format),
                GROUP_TIMEOUT_SECONDS);
    }

    /** Closes a group and leaves its files, which nothing has open any more when this returns. Takes as long as it takes: a store waits for its readers. */
    void remove(RaftGroupId groupId) {
        await(server::groupManagementAsync, removal(groupId), GROUP_TIMEOUT_SECONDS);
    }

    /**
     * The same for a division that has failed. Ratis closes its log, its store and its folder, and then waits a day for its threads, which after a failed
     * log may not end. So it is left alone after a while; Ratis has forgotten the group by then, and it can be opened again where its folder is free.
     *
     * @throws VoronodeException.Unavailable if it is not closed in time
     */
    void removeFailed(RaftGroupId groupId, Duration atMost) {
        // Ratis closes on the thread that calls it.
        await(
                removal -> CompletableFuture.completedFuture(removal)
                        .thenComposeAsync(
                                order -> send(server::groupManagementAsync, order), Thread::startVirtualThread),
                removal(groupId),
                atMost.toSeconds());
    }

    private GroupManagementRequest removal(RaftGroupId groupId) {
        return GroupManagementRequest.newRemove(CLIENT, server.getId(), CALLS.incrementAndGet(), groupId, false, false);
    }

    /** Begins to give the lead to a voter of a higher priority; what comes of it shows in who leads. */
    void transferLead(RaftGroupId groupId, RaftPeerId peer) {
        LOG.info("group {}: the lead goes to {}", groupId, peer);
        var _ = send(
                        server::transferLeadershipAsync,
                        new TransferLeadershipRequest(
                                CLIENT, server.getId(), groupId, CALLS.incrementAndGet(), peer, TRANSFER_TIMEOUT_MS))
                .whenComplete((reply, error) -> LOG.debug("group {}: {}", groupId, reply, error));
    }

    /** Asks for a snapshot of whatever was applied since the last one. */
    CompletableFuture<RaftClientReply> snapshot(RaftGroupId groupId) {
        return send(
                server::snapshotManagementAsync,
                SnapshotManagementRequest.newCreate(
                        CLIENT, server.getId(), groupId, CALLS.incrementAndGet(), SNAPSHOT_TIMEOUT_MS, 1));
    }

    /**
     * Has this leader change the voters, if they still are the ones given. A new one is filled first, and counts from when it has caught
     * up; as long as it answers, that has no time limit.
     */
    CompletableFuture<RaftClientReply> setVoters(
            RaftGroupId groupId, Collection<RaftPeer> current, List<RaftPeer> wanted) {
        return send(
                server::setConfigurationAsync,
                new SetConfigurationRequest(
                        CLIENT,
                        server.getId(),
                        groupId,
                        CALLS.incrementAndGet(),
                        SetConfigurationRequest.Arguments.newBuilder()
                                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                                .setServersInCurrentConf(List.copyOf(current))
                                .setServersInNewConf(wanted)
                                .build()));
    }

    /**
     * Lets a division that waits for a leader begin to follow, vote and stand, by an empty message of a leader of its present term. The
     * message claims nothing of any entry. Should another peer lead that term, this one stands for election before it follows it.
     */
    void startFollower(RaftGroupId groupId, RaftPeerId leader, long term) {
        try {
            var reply = server.appendEntries(AppendEntriesRequestProto.newBuilder()
                    .setServerRequest(RaftRpcRequestProto.newBuilder()
                            .setRequestorId(leader.toByteString())
                            .setReplyId(server.getId().toByteString())
                            .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(groupId.toByteString()))
                            .setCallId(CALLS.incrementAndGet()))
                    .setLeaderTerm(term)
                    .build());
            LOG.info("group {} follows: {}", groupId, reply.getResult());
        } catch (java.io.IOException e) {
            throw failure("the start of a follower", e);
        }
    }

    /** Has a follower that has everything up to this last entry stand for election, as from the leader of the entry's term; whether it does. */
    boolean standForElection(RaftGroupId groupId, RaftPeerId follower, TermIndex last) {
        try {
            return server.getServerRpc()
                    .startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                            .setServerRequest(RaftRpcRequestProto.newBuilder()
                                    .setRequestorId(server.getId().toByteString())
                                    .setReplyId(follower.toByteString())
                                    .setRaftGroupId(
                                            RaftGroupIdProto.newBuilder().setId(groupId.toByteString()))
                                    .setCallId(CALLS.incrementAndGet()))
                            .setLeaderLastEntry(TermIndexProto.newBuilder()
                                    .setTerm(last.getTerm())
                                    .setIndex(last.getIndex()))
                            .build())
                    .getServerReply()
                    .getSuccess();
        } catch (java.io.IOException e) {
            throw failure("an election", e);
        }
    }

    private interface Call<T> {
        CompletableFuture<RaftClientReply> send(T request) throws java.io.IOException;
    }

    private static <T> CompletableFuture<RaftClientReply> send(Call<T> call, T request) {
        try {
            return call.send(request);
        } catch (java.io.IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> void await(Call<T> call, T request, long seconds) {
        try {
            RaftClientReply reply = send(call, request).get(seconds, TimeUnit.SECONDS);
            if (!reply.isSuccess()) {
                throw new VoronodeException.Unavailable("Raft refused " + request, reply.getException());
            }
        } catch (ExecutionException e) {
            throw failure(request, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new VoronodeException.Unavailable("Raft did not answer " + request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VoronodeException.Unavailable("interrupted in " + request, e);
        }
    }

    /** Damage found while a group opens lies deep in the causes. */
    private static VoronodeException failure(Object request, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof VoronodeException known) {
                return known;
            }
        }
        return new VoronodeException.Unavailable("Raft failed " + request + ": " + error, error);
    }
}
