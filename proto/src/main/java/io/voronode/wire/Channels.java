package io.voronode.wire;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Channels to other processes, one per address, made when first asked for. An address is {@code host:port}, or {@code
 * in-process:NAME} for a server of the same JVM. Any thread may use it; close it once, at the end.
 */
public final class Channels implements AutoCloseable {
    public static final String IN_PROCESS = "in-process:";
    /** What any Voronode server takes and sends in one message. */
    public static final int MAX_MESSAGE_BYTES = 16 << 20;
    /** Internal messages carry one public message and its envelope. */
    public static final int MAX_INTERNAL_MESSAGE_BYTES = MAX_MESSAGE_BYTES + (1 << 20);

    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    private final ConcurrentHashMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final List<ClientInterceptor> interceptors;

    /** Whose traffic nobody measures. */
    public Channels() {
        interceptors = List.of(RequestIds.sending());
    }

    /**
     * Channels that others measure.
     *
     * @param listener is told of the bytes of all calls
     */
    public Channels(TrafficListener listener) {
        interceptors = List.of(RequestIds.sending(), new CountedCalls(listener));
    }

    /** The channel to this address. */
    public ManagedChannel to(String address) {
        return channels.computeIfAbsent(address, absent -> open(absent, interceptors));
    }

    /** Ends the channel to this address and its calls, without waiting; the next that is asked for is a new one. */
    public void drop(String address) {
        ManagedChannel dropped = channels.remove(address);
        if (dropped != null) {
            dropped.shutdownNow();
        }
    }

    /** Another channel to this address, for the caller to close. */
    public static ManagedChannel open(String address) {
        return open(address, List.of(RequestIds.sending()));
    }

    private static ManagedChannel open(String address, List<ClientInterceptor> interceptors) {
        if (address.startsWith(IN_PROCESS)) {
            return InProcessChannelBuilder.forName(address.substring(IN_PROCESS.length()))
                    .intercept(interceptors)
                    .maxInboundMessageSize(MAX_INTERNAL_MESSAGE_BYTES)
                    .build();
        }
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .intercept(interceptors)
                .maxInboundMessageSize(MAX_INTERNAL_MESSAGE_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .build();
    }

    @Override
    public void close() {
        List<ManagedChannel> open = new ArrayList<>(channels.values());
        channels.clear();
        open.forEach(ManagedChannel::shutdown);
        for (ManagedChannel channel : open) {
            awaitTermination(channel);
        }
    }

    private static void awaitTermination(ManagedChannel channel) {
        try {
            if (!channel.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                channel.shutdownNow();
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
