package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the lead of one partition to a follower before the node stops, so that writes pause for one round of votes and not until the
 * followers have noticed a silence. Steps:
 *
 * <ol>
 *   <li>New writes are refused, as by one who does not lead; those under way are answered.
 *   <li>A follower is found that has the whole log.
 *   <li>The division here closes.
 *   <li>The follower is told to stand for election at once.
 * </ol>
 *
 * <p>Ratis' own transfer gives the lead only to a peer of the highest priority, which usually is the one that leads; and while it lives, a
 * peer of a higher priority refuses its vote to others. Hence the third step: a closed division has no say. Nothing can be lost: who
 * stands has what was acknowledged, and the vote is an ordinary one.
 */
final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final long POLL_MS = 2;

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private final Executor background;

    Handover(PartitionReplica replica, RaftAdmin admin, Executor background) {
        this.replica = replica;
        this.admin = admin;
        this.background = background;
    }

    /** Blocks until it is done, or nobody could take over by the deadline (of System.nanoTime): then this replica leads on until it closes. */
    void run(long deadlineNanos) {
        if (!replica.isReadyLeader() || !othersCanDecide()) {
            return;
        }
        replica.refuseWrites();
        Follower successor = awaitSuccessor(deadlineNanos);
        RaftLog log = replica.division().log();
        if (successor == null || log == null) {
            LOG.info("partition {}: no follower could take over the lead in time", replica.partition());
            return;
        }
        TermIndex last = log.getLastEntryTermIndex();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> admin.remove(replica.groupId()), background);
        if (awaitSilence(closing, deadlineNanos)) {
            stand(successor, last);
        }
    }

    /** Whether a majority is left without this one. */
    private boolean othersCanDecide() {
        RaftConfiguration voters = replica.division().configuration();
        long lively = followers().stream().filter(Follower::lives).count();
        return voters != null && lively > voters.getCurrentPeers().size() / 2;
    }

    private @Nullable Follower awaitSuccessor(long deadlineNanos) {
        Follower successor = successor();
        while (successor == null && pause(deadlineNanos)) {
            successor = successor();
        }
        return successor;
    }

    private @Nullable Follower successor() {
        RaftLog log = replica.division().log();
        TermIndex last = log == null ? null : log.getLastEntryTermIndex();
        if (last == null || replica.hasWritesUnderWay()) {
            return null;
        }
        return followers().stream()
                .filter(follower -> follower.lives() && follower.matchIndex() >= last.getIndex())
                .findFirst()
                .orElse(null);
    }

    private List<Follower> followers() {
        return Follower.of(replica.division());
    }

    /** Waits until the division takes no more messages; that it is closed whole, with a snapshot, takes longer. */
    private boolean awaitSilence(CompletableFuture<Void> closing, long deadlineNanos) {
        while (isAlive()) {
            if (closing.isCompletedExceptionally() || !pause(deadlineNanos)) {
                return false;
            }
        }
        return true;
    }

    private boolean isAlive() {
        DivisionInfo info = replica.division().info();
        return info != null && info.isAlive();
    }

    private void stand(Follower successor, TermIndex last) {
        try {
            boolean stands = admin.standForElection(replica.groupId(), successor.id(), last);
            LOG.info(
                    "partition {}: {} {} for election",
                    replica.partition(),
                    successor.id(),
                    stands ? "stands" : "does not stand");
        } catch (VoronodeException e) {
            LOG.warn("partition {}: its followers find a leader by themselves", replica.partition(), e);
        }
    }

    private static boolean pause(long deadlineNanos) {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            return System.nanoTime() - deadlineNanos < 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
