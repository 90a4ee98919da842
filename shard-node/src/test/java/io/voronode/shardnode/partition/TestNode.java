package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.voronode.proto.internal.v1.FeedServiceGrpc;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;

/** A PartitionHost behind an in-process server, for tests; may be stopped and started again on the same folder. */
public final class TestNode implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Path folder;
    private final int raftPort;
    private final PartitionLimits limits;
    private final Duration maxFeedLag;
    private final Channels channels = new Channels();
    private final WriteListener writes;
    private volatile PartitionHost host;
    private Server server;
    private volatile boolean running;

    public TestNode(String name, Path folder, PartitionLimits limits) {
        this(name, folder, limits, Duration.ofSeconds(30), WriteListener.NONE);
    }

    /** With another bound of the lag of shard replicas that serve, and one who is told of the writes. */
    public TestNode(String name, Path folder, PartitionLimits limits, Duration maxFeedLag, WriteListener writes) {
        this.maxFeedLag = maxFeedLag;
        this.writes = writes;
        this.name = name + "-" + UUID.randomUUID();
        this.folder = folder;
        this.raftPort = freePort();
        this.limits = limits;
        start();
    }

    public static TestNode withDefaults(Path folder) {
        return new TestNode("node", folder, PartitionLimits.DEFAULTS);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start() {
        CellMaps maps = new CellMaps(folder.resolve("cells"), partition -> List.of(address()), channels);
        host = PartitionHost.start(
                new PartitionHostConfig(name, folder, "127.0.0.1", raftPort, limits),
                partition -> List.of(address()),
                maps,
                channels,
                writes,
                maxFeedLag);
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
        host.services().forEach(builder::addService);
        try {
            server = builder.build().start();
            running = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void restart() {
        stop();
        start();
    }

    public void stop() {
        if (running) {
            running = false;
            server.shutdownNow();
            host.close();
        }
    }

    public boolean isRunning() {
        return running;
    }

    public void startAgain() {
        start();
    }

    public PartitionHost host() {
        return host;
    }

    public String name() {
        return name;
    }

    public Path folder() {
        return folder;
    }

    public String address() {
        return Channels.IN_PROCESS + name;
    }

    public PartitionPeer peer() {
        return PartitionPeer.newBuilder()
                .setNode(name)
                .setPeerId(host.peerId())
                .setRaftAddress("127.0.0.1:" + raftPort)
                .build();
    }

    public static ByteString uuid(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip());
    }

    public static PartitionTarget target(int partition, PartitionPeer... peers) {
        return PartitionTarget.newBuilder()
                .setPartition(partition)
                .setGroupUuid(uuid(UUID.randomUUID()))
                .addAllPeers(List.of(peers))
                .setPreferredLeader(peers[0].getNode())
                .build();
    }

    /** Forms a partition with this node alone and waits until it leads. */
    public void formAlone(int partition) {
        host.ensure(target(partition, peer()));
        awaitLeader(partition);
    }

    public void awaitLeader(int partition) {
        await(
                "leader of " + partition,
                () -> status(partition).getLeader()
                        && !status(partition).getPosition().getLineage().isEmpty());
    }

    public PartitionStatus status(int partition) {
        return host.describe().stream()
                .filter(status -> status.getPartition() == partition)
                .findFirst()
                .orElseThrow();
    }

    public PartitionServiceGrpc.PartitionServiceBlockingStub rows() {
        return PartitionServiceGrpc.newBlockingStub(channels.to(address()))
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    public PartitionServiceGrpc.PartitionServiceFutureStub rowsAsync() {
        return PartitionServiceGrpc.newFutureStub(channels.to(address()))
                .withDeadlineAfter(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    public FeedServiceGrpc.FeedServiceStub feed() {
        return FeedServiceGrpc.newStub(channels.to(address()));
    }

    public FeedServiceGrpc.FeedServiceBlockingStub feedBlocking() {
        return FeedServiceGrpc.newBlockingStub(channels.to(address()))
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits for a condition with a deadline. */
    public static void await(String what, BooleanSupplier condition) {
        await(PATIENCE, what, condition);
    }

    static void await(Duration patience, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                Assertions.fail("not within " + patience + ": " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                Assertions.fail("interrupted: " + what);
            }
        }
    }

    @Override
    public void close() {
        stop();
        channels.close();
    }
}
