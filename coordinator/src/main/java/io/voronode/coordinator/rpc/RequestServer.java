package io.voronode.coordinator.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.delete.FilterDeletes;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.gather.SearchListener;
import io.voronode.coordinator.gather.WhyNot;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.rows.RecordReader;
import io.voronode.coordinator.snapshot.RestoredCollections;
import io.voronode.coordinator.snapshot.SnapshotRoot;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.wire.CallClock;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.RequestIds;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server that clients talk to: RecordService, SearchService, VerifyService, SnapshotService, the services it is given, health (SERVING once told so) and
 * reflection. Connections that flood resets or do not finish their handshake are closed.
 */
public final class RequestServer implements AutoCloseable {
    private static final int HANDSHAKE_SECONDS = 10;
    private static final int RESETS = 200;
    private static final int RESET_SECONDS = 30;
    /** Clients ping every 30 s; by gRPC's default, more often than every five minutes is an offence. */
    private static final int MIN_KEEP_ALIVE_SECONDS = 10;

    private static final int CALLS_PER_CONNECTION = 1_000;
    private static final int CLOSE_SECONDS = 5;
    private static final int REQUESTS_PER_PROCESSOR = 32;

    private final Handlers handlers =
            new Handlers(REQUESTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
    private final WellFormed wellFormed = new WellFormed();
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("coordinator-rpc-", 0).factory());
    private final Server server;

    /**
     * What the server hands requests to.
     *
     * @param searches is told of those that are answered
     * @param slowSearch searches that take as long are told in the log; zero: none are
     * @param snapshots what snapshots need; empty: SnapshotService is not served
     * @param others served beside those of this package, without admission
     */
    public record Paths(
            Images images,
            Channels channels,
            PartitionRouter partitions,
            RecordWriter writer,
            RecordReader reader,
            FilterDeletes filterDeletes,
            Gather gather,
            WhyNot whyNot,
            RecallCanary canary,
            SearchListener searches,
            Duration slowSearch,
            Optional<Snapshots> snapshots,
            List<BindableService> others) {
        public Paths {
            others = List.copyOf(others);
        }
    }

    /** Where snapshots lie, and the tree's part in restoring them. */
    public record Snapshots(SnapshotRoot root, RestoredCollections restored, InstantSource clock) {}

    /**
     * Binds the port and serves, NOT_SERVING by its health.
     *
     * @param port 0: any free one
     * @param listener is told of every call
     * @throws Unavailable if the port is in use or cannot be bound
     */
    public RequestServer(String bindHost, int port, Paths paths, CallListener listener) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(bindHost, port))
                .executor(executor)
                .intercept(RequestIds.ofUsers())
                .intercept(new CallClock(listener))
                .maxInboundMessageSize(Channels.MAX_MESSAGE_BYTES)
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .maxRstFramesPerWindow(RESETS, RESET_SECONDS)
                .permitKeepAliveTime(MIN_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION);
        add(builder, new RecordRpc(handlers, paths.images(), paths.writer(), paths.reader(), paths.filterDeletes()));
        add(
                builder,
                new SearchRpc(
                        handlers,
                        paths.images(),
                        paths.gather(),
                        paths.whyNot(),
                        paths.canary(),
                        new SlowSearches(paths.slowSearch()),
                        paths.searches()));
        add(builder, new VerifyRpc(handlers, paths.images(), paths.channels(), paths.partitions()));
        paths.snapshots()
                .ifPresent(snapshots -> add(
                        builder,
                        new SnapshotRpc(
                                handlers,
                                paths.images(),
                                paths.channels(),
                                paths.partitions(),
                                paths.writer(),
                                snapshots)));
        paths.others().forEach(service -> add(builder, service));
        add(builder, health.getHealthService());
        add(builder, ProtoReflectionServiceV1.newInstance());
        serving(false);
        this.server = start(builder, bindHost, port);
    }

    private void add(NettyServerBuilder builder, BindableService service) {
        builder.addService(wellFormed.guard(service.bindService()));
    }

    private static Server start(NettyServerBuilder builder, String bindHost, int port) {
        try {
            return builder.build().start();
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                // A BindException, or what the native transport throws instead.
                if (String.valueOf(cause.getMessage()).contains("Address already in use")) {
                    throw new Unavailable("port " + port + " is in use", e);
                }
            }
            throw new Unavailable("cannot listen on " + bindHost + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** What health checks are told. */
    public void serving(boolean serving) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Where it listens. */
    public int port() {
        return server.getPort();
    }

    /** Takes no new calls, ends streams at their next batch, lets the other calls end within five seconds, then cancels them. */
    @Override
    public void close() {
        health.enterTerminalState();
        handlers.endStreams();
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        executor.shutdown();
        handlers.close();
    }
}
