package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.FenceOrder;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change of one group's voters that this leader has under way; one at a time, by one voter. Its steps:
 *
 * <ol>
 *   <li>The order's epoch is committed in the log, so that a controller that has been replaced changes nothing.
 *   <li>Ratis fills a new peer, by a snapshot and the log, while the old voters alone decide.
 *   <li>When it has caught up, Ratis commits a configuration in which the old and the new voters must agree, then the new one.
 * </ol>
 *
 * <p>Up to step 3 a failure leaves the voters as they were, and it is for the controller to order it again. From then on Ratis carries it
 * through, under another leader too. Any thread.
 */
final class PeerChange {
    private static final Logger LOG = LoggerFactory.getLogger(PeerChange.class);

    private final RaftGroupId groupId;
    private final int partition;
    private final RaftAdmin admin;
    private CompletableFuture<?> change = CompletableFuture.completedFuture(null);

    PeerChange(RaftGroupId groupId, int partition, RaftAdmin admin) {
        this.groupId = groupId;
        this.partition = partition;
        this.admin = admin;
    }

    synchronized boolean underWay() {
        return !change.isDone();
    }

    /**
     * Begins a change unless one is under way or there is nothing to change; the future ends with its first step.
     *
     * @param current the committed configuration; null: not known, or being changed
     * @param control commits a command
     * @throws VoronodeException.BadInput if it is not a change by one voter
     * @throws Conflict if others vote than the order expects
     */
    synchronized CompletableFuture<Void> begin(
            ChangePeersRequest request,
            @Nullable RaftConfiguration current,
            Function<ControlCommand, CompletableFuture<Proposal>> control) {
        requireOneStep(request);
        if (underWay()) {
            return CompletableFuture.completedFuture(null);
        }
        if (current == null) {
            throw new Conflict(Reason.NOT_POSSIBLE_NOW, "the voters of partition " + partition + " are being changed");
        }
        Collection<RaftPeer> voters = current.getCurrentPeers();
        Set<String> ids = new HashSet<>(ids(voters));
        if (ids.equals(wanted(request))) {
            return CompletableFuture.completedFuture(null);
        }
        if (!ids.equals(Set.copyOf(request.getExpectedVotersList()))) {
            throw new Conflict(
                    Reason.NOT_POSSIBLE_NOW,
                    "voters of partition " + partition + " are " + ids + ", not " + request.getExpectedVotersList());
        }
        CompletableFuture<Void> fenced = control.apply(fence(request)).thenAccept(Proposal::requireDone);
        change = fenced.thenCompose(ignored -> admin.setVoters(
                        groupId, voters, GroupFiles.raftPeers(request.getPeersList(), request.getPreferredLeader())))
                .whenComplete((reply, error) -> report(request, reply, error));
        return fenced;
    }

    private static void requireOneStep(ChangePeersRequest request) {
        Set<String> wanted = wanted(request);
        Set<String> expected = Set.copyOf(request.getExpectedVotersList());
        Set<String> smaller = wanted.size() < expected.size() ? wanted : expected;
        Set<String> larger = wanted.size() < expected.size() ? expected : wanted;
        if (wanted.isEmpty() || larger.size() != smaller.size() + 1 || !larger.containsAll(smaller)) {
            throw new VoronodeException.BadInput("voters " + expected + " to " + wanted + " is not a change by one");
        }
    }

    private static Set<String> wanted(ChangePeersRequest request) {
        Set<String> wanted = new HashSet<>();
        request.getPeersList().stream().map(PartitionPeer::getPeerId).forEach(wanted::add);
        return wanted;
    }

    static List<String> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> peer.getId().toString()).sorted().toList();
    }

    private static ControlCommand fence(ChangePeersRequest request) {
        return ControlCommand.newBuilder()
                .setEpoch(request.getEpoch())
                .setFence(FenceOrder.getDefaultInstance())
                .build();
    }

    private void report(ChangePeersRequest request, @Nullable RaftClientReply reply, @Nullable Throwable error) {
        Throwable failure = error == null && reply != null ? reply.getException() : error;
        if (failure == null) {
            LOG.info("partition {}: its voters are {}", partition, wanted(request));
        } else {
            LOG.warn("partition {}: its voters did not become {}", partition, wanted(request), failure);
        }
    }
}
