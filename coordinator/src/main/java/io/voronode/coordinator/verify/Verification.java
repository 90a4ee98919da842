package io.voronode.coordinator.verify;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.CallTime;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares all copies of a collection while it is read and written. It walks the keys in ranges ({@link RangeCheck}); each {@link #step}
 * compares one, so that whoever runs it decides about time and breaks. Where it is to repair, replicas of shards that differ are then
 * built anew one after the other, so that others go on serving, and everything is compared in a second round. Nothing is remembered
 * anywhere: a verification that is broken off is begun again. Used by one thread.
 */
public final class Verification {
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
    private static final int ATTEMPTS = 5;
    private static final int LAST_ROUND = 2;
    private static final long POLL_MS = 200;
    private static final Duration LONGEST_REBUILD = Duration.ofHours(6);

    private final Copies copies;
    private final boolean repairs;
    private final Listener listener;
    private final Pace pace;
    private final Set<Replica> toldGiven = new HashSet<>();
    private final Set<Replica.OfShard> toRepair = new LinkedHashSet<>();
    private final Deque<Replica.OfShard> repairing = new ArrayDeque<>();
    private Replica.@Nullable OfShard rebuilt;
    private long rebuildNanos;

    private Comparing comparing;
    private List<Position> barriers = List.of();
    /** The layout under which the barriers were taken. */
    private @Nullable Layout barrierLayout;

    private String afterKey = "";
    private Progress progress = new Progress(1, 0, 0, 0, 0);
    private int repaired;

    /** Whom it tells, on the thread that runs it. */
    public interface Listener {
        void found(Finding finding);

        void repairing(Replica.OfShard replica, boolean done);
    }

    /**
     * How far it is.
     *
     * @param round 1, or 2 after a repair
     * @param compared records of this round
     * @param total live records
     * @param differences of this round
     * @param unsettled records of this round that were written so often that nothing could be compared
     */
    public record Progress(int round, long compared, long total, long differences, long unsettled) {}

    /** What was compared in the last round, and repaired in all. */
    public record Compared(int partitionReplicas, int shardReplicas, int repaired) {}

    /** A verification of a collection of this name; NotFound if there is none. */
    public static Verification of(
            String collection,
            Images images,
            Channels channels,
            PartitionRouter partitions,
            boolean repairs,
            int recordsPerSecond,
            Listener listener) {
        Copies copies = new ClusterCopies(images.collection(collection), images, channels, partitions);
        return new Verification(copies, repairs, new Pace(recordsPerSecond, System::nanoTime), listener);
    }

    Verification(Copies copies, boolean repairs, Pace pace, Listener listener) {
        this.copies = copies;
        this.repairs = repairs;
        this.pace = pace;
        this.listener = listener;
        this.comparing = new Comparing(copies);
    }

    public Progress progress() {
        return progress;
    }

    public Compared compared() {
        return new Compared(comparing.partitionReplicas(), comparing.shardReplicas(), repaired);
    }

    /**
     * Does some seconds of work at most, or waits for less than a second.
     *
     * @return whether there is more to do
     * @throws VoronodeException if it cannot go on
     */
    public boolean step() {
        if (rebuilt != null || !repairing.isEmpty()) {
            repair();
            return true;
        }
        return !pace.await() || compare();
    }

    // ---- comparing

    private boolean compare() {
        RangeCheck.Outcome outcome = range();
        outcome.findings().forEach(this::tell);
        List<Finding> given = comparing.takeGiven(toldGiven);
        given.forEach(listener::found);
        progress = new Progress(
                progress.round(),
                progress.compared() + outcome.compared(),
                outcome.liveRows(),
                progress.differences() + outcome.findings().size() + given.size(),
                progress.unsettled() + outcome.unsettled());
        pace.done(outcome.compared());
        if (outcome.endKey() == null) {
            return beginRepairs();
        }
        afterKey = outcome.endKey();
        return true;
    }

    /** What moved or went away meanwhile is looked at again. */
    private RangeCheck.Outcome range() {
        Backoff backoff = new Backoff();
        for (int attempt = 1; ; attempt++) {
            try {
                Layout layout = copies.layout();
                takeBarriers(layout);
                return new RangeCheck(comparing, layout, afterKey).run(barriers);
            } catch (LayoutChanged e) {
                LOG.debug("comparing the keys behind \"{}\" again", afterKey, e);
                if (attempt == ATTEMPTS || !backoff.pause()) {
                    throw new VoronodeException.Unavailable(
                            "the index is replaced all the time: verify again later", e);
                }
            } catch (VoronodeException.Unavailable e) {
                if (attempt == ATTEMPTS || !backoff.pause()) {
                    throw e;
                }
            }
        }
    }

    /**
     * All that is compared contains what was committed before: at the beginning of a round, so that nothing acknowledged is passed over, and
     * when another generation serves, since a replica may have stamped its rows for that late.
     */
    private void takeBarriers(Layout layout) {
        if (!layout.equals(barrierLayout)) {
            List<Integer> all =
                    IntStream.range(0, layout.partitions().size()).boxed().toList();
            barriers = Fanout.map(all, copies::barrier);
            barrierLayout = layout;
        }
    }

    private void tell(Finding finding) {
        if (finding.replica() instanceof Replica.OfShard shard) {
            toRepair.add(shard);
        }
        listener.found(finding);
    }

    // ---- repairing

    /** Answers whether there is something to repair. */
    private boolean beginRepairs() {
        if (!repairs || toRepair.isEmpty() || progress.round() == LAST_ROUND) {
            return false;
        }
        repairing.addAll(toRepair);
        return true;
    }

    private void repair() {
        if (rebuilt == null) {
            Replica.OfShard next = repairing.removeFirst();
            requireAnother(next);
            listener.repairing(next, false);
            copies.rebuild(next.node(), request(next));
            rebuilt = next;
            rebuildNanos = System.nanoTime();
        }
        if (System.nanoTime() - rebuildNanos > LONGEST_REBUILD.toNanos()) {
            throw new VoronodeException.Unavailable(told(rebuilt) + " has been built anew for "
                    + LONGEST_REBUILD.toHours() + " hours and does not serve: no other is repaired before it does");
        }
        if (serves(rebuilt)) {
            listener.repairing(rebuilt, true);
            rebuilt = null;
            repaired++;
            if (repairing.isEmpty()) {
                beginLastRound();
            }
        } else if (!CallTime.pause(POLL_MS)) {
            throw CallTime.overError("waiting for a replica that is built anew");
        }
    }

    /** While a replica is built anew, searches need another. A shard that should have one only is without any for so long. */
    private void requireAnother(Replica.OfShard replica) {
        Layout layout = copies.layout();
        List<Replica.OfShard> others = layout.generation() != replica.generation()
                ? List.of()
                : layout.shards().get(replica.shard()).stream()
                        .filter(node -> !node.equals(replica.node()))
                        .map(node -> new Replica.OfShard(replica.generation(), replica.shard(), node))
                        .toList();
        if (!others.isEmpty() && others.stream().noneMatch(this::serves)) {
            throw new VoronodeException.Unavailable(told(replica)
                    + " differs and is not built anew, because no other replica of the shard serves: repair when nodes "
                    + others.stream().map(Replica.OfShard::node).collect(Collectors.joining(", ")) + " answer");
        }
    }

    private static String told(Replica.OfShard replica) {
        return "the replica of shard " + replica.shard() + " of generation " + replica.generation() + " on node "
                + replica.node();
    }

    private RebuildShardRequest request(Replica.OfShard replica) {
        return RebuildShardRequest.newBuilder()
                .setCollectionUuid(copies.layout().collectionUuid())
                .setGeneration(replica.generation())
                .setShard(replica.shard())
                .build();
    }

    /** One that is no longer wanted is not waited for. */
    private boolean serves(Replica.OfShard replica) {
        Layout layout = copies.layout();
        if (layout.generation() != replica.generation()) {
            return true;
        }
        try {
            var _ = copies.records(
                    replica.node(),
                    ListRecordsRequest.newBuilder()
                            .setCollectionUuid(layout.collectionUuid())
                            .setGeneration(replica.generation())
                            .setShard(replica.shard())
                            .setKeys(KeySelection.newBuilder().setLimit(1))
                            .addAllAtLeast(barriers)
                            .setKnownDigest(ByteString.EMPTY)
                            .build());
            return true;
        } catch (VoronodeException e) {
            LOG.debug("{} does not serve yet", replica, e);
            return false;
        }
    }

    private void beginLastRound() {
        comparing = new Comparing(copies);
        toldGiven.clear();
        barrierLayout = null;
        afterKey = "";
        progress = new Progress(LAST_ROUND, 0, progress.total(), 0, 0);
    }
}
