package io.voronode.wire.metrics;

import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voronode.wire.CallListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A timer for each service, method and status code that was answered. Any thread; what was counted stays in the registry. */
public final class CallTimers implements CallListener {
    private final MeterRegistry registry;
    private final Map<Call, Timer> timers = new ConcurrentHashMap<>();

    private record Call(String service, String method, Status.Code code) {}

    public CallTimers(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void ended(String service, String method, Status.Code code, long nanos) {
        timers.computeIfAbsent(new Call(service, method, code), this::timer).record(Duration.ofNanos(nanos));
    }

    private Timer timer(Call call) {
        return Timer.builder("voronode.rpc.server")
                .description("Calls that the gRPC server has answered")
                .tag("service", call.service())
                .tag("method", call.method())
                .tag("code", call.code().name())
                .serviceLevelObjectives(BOUNDS.toArray(Duration[]::new))
                .register(registry);
    }
}
