package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one replica, a few times a second, on the host's keeper thread, which it must not hold up: takes snapshots, starts the assigner, has
 * expired rows removed and trims the feed while it leads, gives the lead to whom it should be, nudges followers that lag, starts a new voter that Ratis would let wait, opens a
 * division again that Ratis has closed, so that none becomes a silent zombie, and closes one whose files are damaged.
 */
final class ReplicaKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaKeeper.class);
    private static final long TRIM_INTERVAL_MS = 5_000;
    private static final long NUDGE_INTERVAL_MS = 3_000;
    /** Longer than a leader takes to find a peer again. */
    private static final long HALF_JOINED_MS = 5_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    /** Longer than an entry takes to be applied, or to fail. */
    private static final Duration UPDATER_PATIENCE = Duration.ofSeconds(10);
    /** Longer than log, store and folder take to be closed. */
    private static final Duration REMOVAL_PATIENCE = Duration.ofSeconds(15);

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private final HostContext context;
    private final FeedTrimmer trimmer;
    private final AssignTask assign;
    private final ExpiryRemover expiries;
    private final PreferredLead preferredLead;
    private final LogCare logCare;
    private final Reopener reopener;
    private final DamageWatch damage;

    /** False while the host still forms or opens the group. */
    private volatile boolean ready;

    /** The group was left: its files go. */
    private volatile boolean retired;

    private @Nullable Long halfJoinedSinceMs;
    private long leadingTerm = -1;
    private long nextTrimMs = tickMs();
    private long nextNudgeMs = tickMs();

    ReplicaKeeper(PartitionReplica replica, RaftAdmin admin, HostContext context, FeedTrimmer trimmer) {
        this.replica = replica;
        this.admin = admin;
        this.context = context;
        this.trimmer = trimmer;
        this.assign = new AssignTask(replica, context);
        this.expiries = new ExpiryRemover(replica, context);
        this.preferredLead = new PreferredLead(replica, admin);
        this.logCare = new LogCare(replica, admin, context);
        this.damage = new DamageWatch(replica, admin, context);
        this.reopener = new Reopener(this::reopen, context.completions(), context.freeSpace()::isLow, System::nanoTime);
    }

    PartitionReplica replica() {
        return replica;
    }

    /** Opens the group when the host starts. */
    void openFirst() {
        try {
            reopen();
        } finally {
            begin();
        }
    }

    /** The group has been formed or opened, or has failed to: from now on this keeps it open. */
    void begin() {
        ready = true;
    }

    /** Whether a damaged replica has closed its files within this time. */
    boolean awaitDamagedClosed(Duration atMost) {
        return damage.awaitClosed(atMost);
    }

    /** Opens nothing any more, for good: the group was left. False while it is being opened just now. */
    synchronized boolean retire() {
        retired = true;
        return !reopener.isUnderWay();
    }

    boolean isRetired() {
        return retired;
    }

    synchronized void tend() {
        if (!ready || retired || reopener.isUnderWay()) {
            return;
        }
        try {
            if (damage.keepsClosed()) {
                return;
            }
            if (isOpen()) {
                tendOpen();
            } else {
                noteFailure();
                leadingTerm = -1;
                reopener.tend();
            }
        } catch (VoronodeException e) {
            LOG.debug("partition {} is changing state", replica.partition(), e);
        }
    }

    private boolean isOpen() {
        DivisionInfo info = replica.division().info();
        return info != null
                && info.isAlive()
                && info.getLifeCycleState() != LifeCycle.State.EXCEPTION
                && replica.machine().failure() == null;
    }

    private void tendOpen() {
        replica.health().fail(null);
        reopener.works();
        DivisionInfo info = replica.division().info();
        if (info == null) {
            return;
        }
        if (!info.getLifeCycleState().isRunning()) {
            startHalfJoinedWhenDue();
            return;
        }
        halfJoinedSinceMs = null;
        replica.lookHowFresh();
        logCare.tend();
        if (!replica.isReadyLeader()) {
            return;
        }
        if (info.getCurrentTerm() != leadingTerm) {
            leadingTerm = info.getCurrentTerm();
            // The first entry of a group makes its lineage; in any term it proves the lead.
            var _ = replica.barrier().whenComplete(this::logFailure);
        }
        assign.startIfNeeded();
        trimWhenDue();
        nudgeWhenDue(info);
        expiries.removeSome();
        preferredLead.tend(tickMs());
    }

    /**
     * A peer whose log ends with the configuration that makes it a voter votes from then on, by Raft; but Ratis, when it opens such a
     * division, lets it wait for a leader without voting. If the others need its vote to make one, as the first of two does, all wait
     * for ever. So one that hears from nobody is started by its keeper.
     */
    private void startHalfJoinedWhenDue() {
        if (!replica.division().isHalfJoined()) {
            halfJoinedSinceMs = null;
        } else if (halfJoinedSinceMs == null) {
            halfJoinedSinceMs = tickMs();
        } else if (tickMs() - halfJoinedSinceMs >= HALF_JOINED_MS) {
            halfJoinedSinceMs = null;
            LOG.warn("partition {}: this voter heard from no leader and is started without one", replica.partition());
            replica.division().startHalfJoined(admin);
        }
    }

    private void logFailure(Object ignored, Throwable error) {
        if (error != null) {
            LOG.debug("partition {}: a keeper's entry was not committed", replica.partition(), error);
        }
    }

    private void trimWhenDue() {
        if (tickMs() >= nextTrimMs) {
            nextTrimMs = tickMs() + TRIM_INTERVAL_MS;
            trimmer.trim(replica);
        }
    }

    /** In an idle group a follower that restarted empty is refused for ever; an entry moves it on (RATIS-2523). */
    private void nudgeWhenDue(DivisionInfo info) {
        if (tickMs() < nextNudgeMs) {
            return;
        }
        nextNudgeMs = tickMs() + NUDGE_INTERVAL_MS;
        long[] matched = info.getFollowerMatchIndices();
        if (matched == null) {
            return;
        }
        for (long index : matched) {
            if (index < info.getLastAppliedIndex()) {
                var _ = replica.barrier().whenComplete(this::logFailure);
                return;
            }
        }
    }

    private void noteFailure() {
        String why = replica.machine().failure();
        if (why != null) {
            replica.health().fail(why);
        } else if (replica.health().failure() == null) {
            replica.health().fail("its Raft division is closed");
        }
    }

    /** Opens what is on the disk; the failure of the last attempt stays visible until one succeeds. */
    private void reopen() {
        try {
            if (damage.keepsClosed()) {
                return;
            }
            if (replica.division().info() != null) {
                replica.division().awaitUpdater(UPDATER_PATIENCE);
                admin.removeFailed(replica.groupId(), REMOVAL_PATIENCE);
            }
            restoreVotes();
            damage.requireFiles();
            replica.open(admin, replica.target(), false);
            replica.health().fail(null);
        } catch (VoronodeException.Corruption e) {
            damage.met(e);
        } catch (RuntimeException e) {
            // Also for what should not happen: the next attempt may succeed, and until then somebody should know why.
            LOG.error("partition {} cannot be opened", replica.partition(), e);
            replica.health().fail(e instanceof VoronodeException known ? known.getMessage() : e.toString());
        }
    }

    private void restoreVotes() {
        try {
            replica.machine().restoreVotes();
        } catch (IOException e) {
            throw new VoronodeException.Unavailable(
                    "the votes of partition " + replica.partition() + " cannot be written", e);
        }
    }

    /** Only moves forward, whatever happens to the wall clock. */
    private static long tickMs() {
        return System.nanoTime() / 1_000_000;
    }

    /** Gives the lead away, if this replica has it, before the host closes. The keeper does nothing any more. */
    void handOver(long deadlineNanos) {
        assign.close();
        new Handover(replica, admin, context.completions()).run(deadlineNanos);
    }

    void close() {
        assign.close();
        damage.awaitClosed(CLOSE_TIMEOUT);
        replica.close();
    }
}
