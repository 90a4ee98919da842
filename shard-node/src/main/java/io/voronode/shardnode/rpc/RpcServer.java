package io.voronode.shardnode.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.voronode.wire.CallClock;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.RequestIds;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server of a node, in this process or on a port, with the standard health service. Calls run on virtual threads, so they may
 * block; what computes long has threads of its own.
 */
public final class RpcServer {
    private static final int MAX_CALLS_PER_CONNECTION = 4_096;
    private static final int MAX_RESETS = 200;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final int MIN_KEEP_ALIVE_SECONDS = 10;

    private final Server server;
    private final HealthStatusManager health;
    private final OpenCalls calls;
    private final String address;

    private RpcServer(Server server, HealthStatusManager health, OpenCalls calls, String address) {
        this.server = server;
        this.health = health;
        this.calls = calls;
        this.address = address;
    }

    /**
     * Serves at {@code host:port} (port 0: any free one) or {@code in-process:NAME}.
     *
     * @param listener is told of every call
     * @throws VoronodeException.Unavailable if the address cannot be used
     */
    public static RpcServer start(String address, List<BindableService> services, CallListener listener) {
        HealthStatusManager health = new HealthStatusManager();
        OpenCalls calls = new OpenCalls();
        ServerBuilder<?> builder = address.startsWith(Channels.IN_PROCESS) ? inProcess(address) : onPort(address);
        builder.executor(Executors.newVirtualThreadPerTaskExecutor())
                .maxInboundMessageSize(Channels.MAX_INTERNAL_MESSAGE_BYTES)
                .intercept(calls)
                .intercept(new ErrorInterceptor())
                .intercept(RequestIds.ofCallers())
                .intercept(new CallClock(listener))
                .addService(health.getHealthService());
        services.forEach(builder::addService);
        try {
            Server server = builder.build().start();
            health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
            return new RpcServer(server, health, calls, effective(address, server));
        } catch (IOException e) {
            throw new VoronodeException.Unavailable("cannot listen at " + address + ": " + rootMessage(e), e);
        }
    }

    private static ServerBuilder<?> inProcess(String address) {
        return InProcessServerBuilder.forName(address.substring(Channels.IN_PROCESS.length()));
    }

    private static ServerBuilder<?> onPort(String address) {
        return NettyServerBuilder.forAddress(new InetSocketAddress(host(address), port(address)))
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .permitKeepAliveTime(MIN_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private static String host(String address) {
        return address.substring(0, colon(address));
    }

    private static int port(String address) {
        try {
            int port = Integer.parseInt(address.substring(colon(address) + 1));
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw notAnAddress(address);
        }
        throw notAnAddress(address);
    }

    private static int colon(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw notAnAddress(address);
        }
        return colon;
    }

    private static VoronodeException notAnAddress(String address) {
        return new VoronodeException.BadInput(
                "address \"" + address + "\" is not host:port with a port up to 65535, nor in-process:NAME");
    }

    private static String effective(String address, Server server) {
        return address.startsWith(Channels.IN_PROCESS) ? address : host(address) + ":" + server.getPort();
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /** Where it is reached, with the real port. */
    public String address() {
        return address;
    }

    /** Takes no new calls, gives running ones so long to end, and cuts off the rest, feeds that others follow among them. */
    public void drain(Duration timeout) {
        health.enterTerminalState();
        server.shutdown();
        try {
            calls.awaitNone(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.shutdownNow();
        }
    }
}
