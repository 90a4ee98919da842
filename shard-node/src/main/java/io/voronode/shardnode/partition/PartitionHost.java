package io.voronode.shardnode.partition;

import io.grpc.BindableService;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.cells.PartitionDirectory;
import io.voronode.shardnode.feed.FeedService;
import io.voronode.shardnode.partition.store.StoreResources;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partition replicas of one node: one Raft server with a group per partition. Serves at once what is on the disk, forms new groups
 * when told, and never drops any. Any thread may use it. It does not lock the folder: whoever starts it makes sure that it is alone.
 *
 * <p>Reading on: a write goes through {@link PartitionRpc}, {@link PartitionReplica}, {@link WriteCoalescer} and {@link Proposer} into
 * Ratis, and comes back through {@link PartitionStateMachine} and {@code apply.EntryApplier} into {@code store.RowStore}.
 */
public final class PartitionHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionHost.class);
    private static final long KEEPER_INTERVAL_MS = 100;
    private static final long CLOSE_TIMEOUT_SECONDS = 60;

    private final ConcurrentSkipListMap<Integer, ReplicaKeeper> keepers = new ConcurrentSkipListMap<>();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService keeperThread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("partition-keeper").factory());
    private final FeedService feed = new FeedService(this::replica, calls);
    private final HostContext context;
    private final RaftAdmin admin;
    private final String peerId;

    private PartitionHost(PartitionHostConfig config, CellMaps maps) throws IOException {
        GroupFiles files = new GroupFiles(config.dataFolder());
        Files.createDirectories(files.raft());
        this.peerId = files.peerId();
        RaftServer server = server(config, files);
        this.context = new HostContext(
                config.limits(),
                files,
                FreeSpace.of(config.dataFolder()),
                new StoreResources(),
                server,
                maps,
                Clock.systemUTC(),
                calls);
        this.admin = new RaftAdmin(server);
    }

    /**
     * Serves what is on the disk, without anyone's order. A partition that cannot be opened does not keep the others from working: {@link
     * #describe} tells why.
     *
     * @param directory not asked by this version beyond what the cell maps ask of it
     */
    public static PartitionHost start(PartitionHostConfig config, PartitionDirectory directory, CellMaps maps) {
        requireFree(config);
        try {
            PartitionHost host = new PartitionHost(config, maps);
            host.openOrClose();
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hold partitions in " + config.dataFolder(), e);
        }
    }

    /** Ratis would end the whole process when it cannot listen. */
    private static void requireFree(PartitionHostConfig config) {
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

    private void openOrClose() throws IOException {
        try {
            open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * The server without groups. Ratis opens every directory of its storage folder while it is built, and one that does not open would keep
     * all others from starting; so it is built on a folder without any, and the groups are added one by one.
     */
    private RaftServer server(PartitionHostConfig config, GroupFiles files) throws IOException {
        Path none = files.raft().resolveSibling("raft-without-groups");
        RaftProperties properties = RaftSettings.of(config, none, files.removed());
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(peerId))
                .setStateMachineRegistry(this::stateMachine)
                .setProperties(properties)
                .setParameters(new Parameters())
                .build();
        RaftServerConfigKeys.setStorageDir(properties, List.of(files.raft().toFile()));
        return server;
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
        context.server().start();
        for (PartitionTarget target : context.files().targets()) {
            ReplicaKeeper keeper = keeper(target);
            keeper.reopen();
            keeper.begin();
        }
        var _ = keeperThread.scheduleWithFixedDelay(
                this::tendAll, KEEPER_INTERVAL_MS, KEEPER_INTERVAL_MS, TimeUnit.MILLISECONDS);
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
            if (known == null) {
                form(target);
            } else if (!known.replica().target().equals(target)) {
                retarget(known.replica(), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot form partition " + target.getPartition(), e);
        }
    }

    private void form(PartitionTarget target) throws IOException {
        boolean hasLog = context.files().hasLog(target);
        ReplicaKeeper keeper = keeper(target);
        try {
            admin.add(target, !hasLog);
            write(target);
            keeper.begin();
        } catch (IOException | RuntimeException e) {
            keepers.remove(target.getPartition());
            keeper.close();
            throw e;
        }
    }

    /** Closes the group when the target cannot be kept, so that forming it can be tried again. */
    private void write(PartitionTarget target) throws IOException {
        try {
            context.files().write(target);
        } catch (IOException e) {
            admin.remove(GroupFiles.groupId(target));
            throw e;
        }
    }

    private void retarget(PartitionReplica replica, PartitionTarget target) throws IOException {
        if (!replica.groupId().equals(GroupFiles.groupId(target))) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.NOT_POSSIBLE_NOW,
                    "partition " + target.getPartition() + " is held here as group " + replica.groupId()
                            + "; its rows are not given up for group " + GroupFiles.groupId(target));
        }
        context.files().write(target);
        replica.retarget(target);
    }

    /** What every partition replica is doing, in the order of their numbers. */
    public List<PartitionStatus> describe() {
        return keepers.values().stream()
                .map(keeper -> keeper.replica().status())
                .toList();
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
        return List.of(new PartitionRpc(this::replica, calls), feed);
    }

    PartitionReplica replica(int partition) {
        ReplicaKeeper keeper = keepers.get(partition);
        if (keeper == null) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.NOT_HOSTED, "partition " + partition + " is not on this node");
        }
        return keeper.replica();
    }

    /** Ends all streams, takes a last snapshot of every partition, and stops. */
    @Override
    public void close() {
        keeperThread.shutdownNow();
        feed.close();
        keepers.values().forEach(ReplicaKeeper::close);
        try {
            context.server().close();
        } catch (IOException e) {
            LOG.warn("the Raft server did not close cleanly", e);
        }
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
