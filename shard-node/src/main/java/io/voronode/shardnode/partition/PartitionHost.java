package io.voronode.shardnode.partition;

import io.grpc.BindableService;
import io.voronode.proto.internal.v1.DescribePressureRequest;
import io.voronode.proto.internal.v1.DescribePressureResponse;
import io.voronode.proto.internal.v1.LeftGroup;
import io.voronode.proto.internal.v1.PartitionMemory;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.cells.PartitionDirectory;
import io.voronode.shardnode.feed.FeedService;
import io.voronode.shardnode.partition.store.StoreResources;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partition replicas of one node: one Raft server with a group per partition. Serves at once what is on the disk, forms new groups
 * when told, and drops only those that it was told it has left. Any thread may use it. It does not lock the folder: whoever starts it makes sure that it is alone.
 *
 * <p>Reading on: a write goes through {@link PartitionRpc}, {@link PartitionReplica}, {@link WriteCoalescer} and {@link Proposer} into
 * Ratis, and comes back through {@link PartitionStateMachine} and {@code apply.EntryApplier} into {@code store.RowStore}.
 */
public final class PartitionHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionHost.class);
    private static final long KEEPER_INTERVAL_MS = 100;
    /** Longer than merges hold up an index; far shorter than what the feed keeps lasts. */
    private static final Duration MAX_FEED_LAG = Duration.ofSeconds(30);

    private static final long CLOSE_TIMEOUT_SECONDS = 60;
    private static final long OPEN_TIMEOUT_SECONDS = 30;

    private final ConcurrentSkipListMap<Integer, ReplicaKeeper> keepers = new ConcurrentSkipListMap<>();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService keeperThread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("partition-keeper").factory());
    private final FeedService feed = new FeedService(this::replica, calls);
    private final Scrubber scrubber = new Scrubber(this::replicas);
    private final PressureWatch pressureWatch;
    private final HostContext context;
    private final RaftAdmin admin;
    private final GroupForming groups;
    private final String peerId;

    private PartitionHost(
            PartitionHostConfig config,
            PartitionDirectory directory,
            CellMaps maps,
            Channels channels,
            WriteListener writes,
            WritePressure pressure)
            throws IOException {
        GroupFiles files = new GroupFiles(config.dataFolder());
        Files.createDirectories(files.raft());
        this.peerId = files.peerId();
        RaftServer server = RaftServers.build(config, files, peerId, this::stateMachine);
        this.context = new HostContext(
                config.limits(),
                files,
                new Quarantine(files),
                FreeSpace.of(config.dataFolder()),
                pressure,
                new StoreResources(),
                server,
                maps,
                Clock.systemUTC(),
                writes,
                calls);
        this.admin = new RaftAdmin(server);
        this.groups = new GroupForming(context, admin, peerId);
        this.pressureWatch = new PressureWatch(this::replicas, directory, channels, pressure);
    }

    /**
     * Serves what is on the disk, without anyone's order. A partition that cannot be opened does not keep the others from working: {@link
     * #describe} tells why.
     *
     * @param directory where the other holders of partitions are
     * @param channels to them; stays the caller's and is closed after this
     */
    public static PartitionHost start(
            PartitionHostConfig config,
            PartitionDirectory directory,
            CellMaps maps,
            Channels channels,
            WriteListener writes) {
        return start(config, directory, maps, channels, writes, MAX_FEED_LAG);
    }

    /** The same with another bound of the lag of shard replicas that serve. */
    static PartitionHost start(
            PartitionHostConfig config,
            PartitionDirectory directory,
            CellMaps maps,
            Channels channels,
            WriteListener writes,
            Duration maxFeedLag) {
        RaftServers.requireFree(config);
        try {
            PartitionHost host =
                    new PartitionHost(config, directory, maps, channels, writes, new WritePressure(maxFeedLag));
            host.openOrClose();
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hold partitions in " + config.dataFolder(), e);
        }
    }

    private void openOrClose() throws IOException {
        try {
            open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private StateMachine stateMachine(RaftGroupId groupId) {
        return keepers.values().stream()
                .map(ReplicaKeeper::replica)
                .filter(replica -> replica.groupId().equals(groupId))
                .findFirst()
                .orElseThrow(() -> new VoronodeException.Bug("no partition has group " + groupId, null))
                .renewMachine();
    }

    private void open() throws IOException {
        context.files().deleteLeft();
        context.server().start();
        for (PartitionTarget target : context.files().targets()) {
            context.files().markFormed(GroupFiles.groupId(target));
        }
        List<ReplicaKeeper> known =
                context.files().targets().stream().map(this::keeper).toList();
        CompletableFuture<?>[] opening = known.stream()
                .map(keeper -> CompletableFuture.runAsync(keeper::openFirst, calls))
                .toArray(CompletableFuture[]::new);
        awaitOpening(CompletableFuture.allOf(opening));
        var _ = keeperThread.scheduleWithFixedDelay(
                this::tendAll, KEEPER_INTERVAL_MS, KEEPER_INTERVAL_MS, TimeUnit.MILLISECONDS);
        pressureWatch.start();
        scrubber.start();
    }

    /** One that hangs is left to itself: the others serve. */
    private static void awaitOpening(CompletableFuture<Void> all) {
        try {
            all.get(OPEN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("not all partitions have opened after {} s", OPEN_TIMEOUT_SECONDS, e);
        } catch (ExecutionException e) {
            LOG.error("not all partitions could be opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ReplicaKeeper keeper(PartitionTarget target) {
        FeedTrimmer trimmer = new FeedTrimmer(context.limits(), feed::committedByFollowers);
        ReplicaKeeper keeper = new ReplicaKeeper(new PartitionReplica(context, target), admin, context, trimmer);
        keepers.put(target.getPartition(), keeper);
        return keeper;
    }

    private void tendAll() {
        for (ReplicaKeeper keeper : keepers.values()) {
            try {
                keeper.tend();
            } catch (RuntimeException | Error e) {
                // An Error of one partition must not end the schedule that keeps all of them.
                LOG.error("partition {} could not be tended", keeper.replica().partition(), e);
            }
        }
    }

    /** The disk's id, made when the folder was first used: the Raft peer id of all groups here. */
    public String peerId() {
        return peerId;
    }

    /**
     * Forms the Raft group of a partition that is new here, or joins it where the target says so, and takes note of a changed target of a
     * known one. Idempotent. Does nothing for a target in which this disk has no part.
     */
    public synchronized void ensure(PartitionTarget target) {
        boolean mine =
                target.getPeersList().stream().anyMatch(peer -> peer.getPeerId().equals(peerId));
        if (!mine) {
            return;
        }
        try {
            ReplicaKeeper known = keepers.get(target.getPartition());
            if (known != null && known.isRetired()) {
                // Giving it up has failed in part, and by now it is to join again.
                requireRetired(known);
                giveUp(known);
                known = null;
            }
            if (known == null) {
                form(target);
            } else if (!known.replica().target().equals(target)) {
                groups.retarget(known.replica(), target);
            }
            if (known != null) {
                groups.refillIfLetIn(known, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot form partition " + target.getPartition(), e);
        }
    }

    private void form(PartitionTarget target) throws IOException {
        ReplicaKeeper keeper = keeper(target);
        try {
            groups.form(keeper, target);
        } catch (IOException | RuntimeException e) {
            keepers.remove(target.getPartition());
            keeper.close();
            throw e;
        }
    }

    /**
     * Gives up the replica of a group that goes on without this disk: closes it and deletes its files. Idempotent. Does nothing for a peer
     * or a group that is not the one here.
     */
    public synchronized void leave(LeftGroup left) {
        ReplicaKeeper keeper = keepers.get(left.getPartition());
        if (keeper == null
                || !left.getPeerId().equals(peerId)
                || !left.getGroupUuid().equals(keeper.replica().target().getGroupUuid())) {
            return;
        }
        requireRetired(keeper);
        try {
            giveUp(keeper);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the files of partition " + left.getPartition(), e);
        }
    }

    /** While its group is being opened, its files are in use and the folder would be made anew. */
    private static void requireRetired(ReplicaKeeper keeper) {
        if (!keeper.retire()) {
            throw new VoronodeException.Unavailable(
                    "partition " + keeper.replica().partition() + " is being opened just now");
        }
    }

    private void giveUp(ReplicaKeeper keeper) throws IOException {
        keeper.close();
        groups.leave(keeper.replica());
        keepers.remove(keeper.replica().partition());
    }

    /** How many bytes a second scans may read that build shards; 0: any number. */
    public void limitScans(long bytesPerSecond) {
        feed.throttle().limit(bytesPerSecond);
    }

    /** Bytes of the damaged files that are kept. */
    public long quarantinedBytes() {
        return context.quarantine().bytes();
    }

    /** What every partition replica is doing, in the order of their numbers. */
    public List<PartitionStatus> describe() {
        return keepers.values().stream()
                .map(keeper -> keeper.replica().status())
                .toList();
    }

    /** What is kept of every partition replica that the cluster tree has, too. */
    public List<PartitionMemory> recall() {
        return replicas().stream().map(PartitionReplica::recall).toList();
    }

    /** Bytes of files that row stores wrote from memory, since the start. */
    public long flushedBytes() {
        return context.resources().flushedBytes();
    }

    /** Bytes of files of row stores that took the place of others, since the start. */
    public long compactedBytes() {
        return context.resources().compactedBytes();
    }

    /** The room on the disk of the data folder. */
    public FreeSpace freeSpace() {
        return context.freeSpace();
    }

    /** What every partition replica has done since the start, by the partitions' numbers. */
    public SortedMap<Integer, PartitionCounters> counters() {
        SortedMap<Integer, PartitionCounters> counters = new TreeMap<>();
        keepers.forEach(
                (partition, keeper) -> counters.put(partition, keeper.replica().counters()));
        return counters;
    }

    /** PartitionService and FeedService. Their calls run on threads of this host, so any executor of the server will do. */
    public List<BindableService> services() {
        return List.of(new PartitionRpc(this::replica, this::describePressure, calls), feed);
    }

    private DescribePressureResponse describePressure(DescribePressureRequest request) {
        DescribePressureResponse.Builder response = DescribePressureResponse.newBuilder()
                .setLowOnSpace(context.freeSpace().isLow());
        for (int partition : request.getPartitionsList()) {
            feed.keptUpTo(partition)
                    .ifPresent(index ->
                            response.addFeedsBuilder().setPartition(partition).setSlowestIndex(index));
        }
        return response.build();
    }

    private List<PartitionReplica> replicas() {
        return keepers.values().stream().map(ReplicaKeeper::replica).toList();
    }

    PartitionReplica replica(int partition) {
        ReplicaKeeper keeper = keepers.get(partition);
        if (keeper == null) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.NOT_HOSTED, "partition " + partition + " is not on this node");
        }
        return keeper.replica();
    }

    /**
     * Gives the lead of every partition to a follower that can take it, all at once, within this time. Only {@link #close} may follow.
     */
    public void handOver(Duration atMost) {
        keeperThread.shutdownNow();
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        CompletableFuture<?>[] handovers = keepers.values().stream()
                .map(keeper -> CompletableFuture.runAsync(() -> keeper.handOver(deadlineNanos), calls))
                .toArray(CompletableFuture[]::new);
        try {
            keeperThread.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
            CompletableFuture.allOf(handovers).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every partition was handed over", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all streams, takes a last snapshot of every partition, and stops. */
    @Override
    public void close() {
        scrubber.close();
        keeperThread.shutdownNow();
        pressureWatch.close();
        feed.close();
        keepers.values().forEach(ReplicaKeeper::close);
        try {
            context.server().close();
        } catch (IOException e) {
            LOG.warn("the Raft server did not close cleanly", e);
        }
        keepers.values().forEach(keeper -> keeper.replica().markLogEnd());
        calls.shutdownNow();
        awaitCalls();
        context.resources().close();
    }

    private void awaitCalls() {
        try {
            if (!calls.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("calls still ran {} s after the end", CLOSE_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
