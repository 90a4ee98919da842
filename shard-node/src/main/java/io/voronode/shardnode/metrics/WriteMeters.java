package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voronode.shardnode.partition.WriteListener;
import io.voronode.wire.CallListener;
import java.time.Duration;

/** The meters of writes on their way into the log, of all partitions that a node leads. Any thread; what was counted stays in the registry. */
public final class WriteMeters implements WriteListener {
    private final Timer queue;
    private final Timer commit;

    public WriteMeters(MeterRegistry registry) {
        queue = timer(registry, "voronode.write.queue", "How long writes waited for the log");
        commit = timer(
                registry, "voronode.write.commit", "From the proposal of a log entry of writes until it was applied");
    }

    private static Timer timer(MeterRegistry registry, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(CallListener.PART_BOUNDS.toArray(Duration[]::new))
                .register(registry);
    }

    @Override
    public void proposed(long waitedNanos) {
        queue.record(Duration.ofNanos(waitedNanos));
    }

    @Override
    public void committed(long nanos) {
        commit.record(Duration.ofNanos(nanos));
    }
}
