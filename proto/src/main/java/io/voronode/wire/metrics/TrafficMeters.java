package io.voronode.wire.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.wire.TrafficListener;

/** Counters of the bytes of the calls that a server makes. Any thread; what was counted stays in the registry. */
public final class TrafficMeters implements TrafficListener {
    private final MeterRegistry registry;

    /** One method's. */
    private record Counters(Counter ofSent, Counter ofReceived) implements Bytes {
        @Override
        public void sent(long bytes) {
            ofSent.increment((double) bytes);
        }

        @Override
        public void received(long bytes) {
            ofReceived.increment((double) bytes);
        }
    }

    public TrafficMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Bytes of(String service, String method) {
        return new Counters(counter(service, method, "sent"), counter(service, method, "received"));
    }

    private Counter counter(String service, String method, String direction) {
        return Counter.builder("voronode.rpc.client.bytes")
                .description("Bytes of the messages of calls to other servers")
                .tag("service", service)
                .tag("method", method)
                .tag("direction", direction)
                .register(registry);
    }
}
