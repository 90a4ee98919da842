package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voronode.shardnode.rpc.ScanListener;
import io.voronode.wire.CallListener;
import java.time.Duration;

/** The meters of the scans that searches wait for. Any thread; what was counted stays in the registry. */
public final class ScanMeters implements ScanListener {
    private static final double NANOS_PER_SECOND = 1e9;
    /** A scan that takes longer is one too many. */
    private static final Duration[] BOUNDS = CallListener.PART_BOUNDS.stream()
            .filter(bound -> bound.compareTo(Duration.ofSeconds(1)) <= 0)
            .toArray(Duration[]::new);

    private final Timer scans;
    private final Timer queue;
    private final Counter cpuSeconds;
    private final Counter vectors;
    private final Counter codes;
    private final Counter refined;

    public ScanMeters(MeterRegistry registry) {
        scans = timer(registry, "voronode.scan", "Scans of one query in one shard");
        queue = timer(registry, "voronode.scan.queue", "How long searches waited for a scan thread");
        cpuSeconds = counter(registry, "voronode.scan.cpu.seconds", "Processor time of scans");
        vectors = counter(registry, "voronode.scan.vectors", "Vectors compared with queries");
        codes = counter(registry, "voronode.scan.codes", "Vectors looked through by their codes");
        refined = counter(registry, "voronode.scan.refined", "Codes looked at once more");
    }

    private static Timer timer(MeterRegistry registry, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    @Override
    public void begun(long waitedNanos) {
        queue.record(Duration.ofNanos(waitedNanos));
    }

    @Override
    public void scanned(Scan scan) {
        scans.record(Duration.ofNanos(scan.nanos()));
        cpuSeconds.increment(scan.cpuNanos() / NANOS_PER_SECOND);
        vectors.increment((double) scan.vectors());
        codes.increment((double) scan.codes());
        refined.increment((double) scan.refined());
    }
}
