package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into the log of one partition when this node leads it, without a network hop: a follower's server refuses. Entries that one
 * thread proposes are applied in the order in which it proposed them, because a proposal is in the log when the call
 * returns. Any thread may propose; the bound on what is in flight is the callers' (and, in bytes, Ratis').
 *
 * <p>The client id is random per process start: Ratis answers a repeated (client id, call id) from its cache.
 */
final class Proposer {
    /** An entry whose fate is not known by then is reported as unavailable; it may still be applied later. */
    private static final long TIMEOUT_SECONDS = 30;

    private final RaftServer server;
    private final RaftGroupId groupId;
    private final int partition;
    private final Function<String, @Nullable String> nodeOfPeer;
    private final Clock clock;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    Proposer(
            RaftServer server,
            RaftGroupId groupId,
            int partition,
            Function<String, @Nullable String> nodeOfPeer,
            Clock clock) {
        this.server = server;
        this.groupId = groupId;
        this.partition = partition;
        this.nodeOfPeer = nodeOfPeer;
        this.clock = clock;
    }

    /** Stamps the time into the entry. The future ends on a thread of Ratis, so do little there; it fails with a {@link VoronodeException}. */
    CompletableFuture<Proposal> propose(PartitionEntry.Builder entry) {
        Proposal proposal = new Proposal(entry.setLeaderTimeMs(clock.millis()).build());
        return send(proposal).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).handle((reply, error) -> {
            Throwable failure = error != null ? error : failureOf(reply);
            if (failure != null) {
                throw RaftErrors.of(failure, partition, nodeOfPeer);
            }
            return proposal;
        });
    }

    private CompletableFuture<RaftClientReply> send(Proposal proposal) {
        try {
            return server.submitClientRequestAsync(request(proposal));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private RaftClientRequest request(Proposal proposal) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(server.getId())
                .setGroupId(groupId)
                .setCallId(callIds.incrementAndGet())
                .setMessage(proposal)
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    private @Nullable Throwable failureOf(RaftClientReply reply) {
        RaftException exception = reply.getException();
        if (exception != null) {
            return exception;
        }
        return reply.isSuccess() ? null : new VoronodeException.Unavailable("partition " + partition + " refused");
    }
}
