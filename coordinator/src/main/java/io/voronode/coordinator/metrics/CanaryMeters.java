package io.voronode.coordinator.metrics;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.coordinator.canary.RecallCanary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of the recall of live searches; those of collections come and go with them, as what the canary knows of them. Any thread. */
public final class CanaryMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final RecallCanary canary;
    private final List<Meter> ofAll = new ArrayList<>();
    private final Map<ByteString, List<Meter>> ofCollections = new HashMap<>();
    private boolean closed;

    /** Of no collection at first. */
    public CanaryMeters(MeterRegistry registry, RecallCanary canary) {
        this.registry = registry;
        this.canary = canary;
        counter("voronode.canary.searches", "Searches that were done once more", RecallCanary::done);
        counter(
                "voronode.canary.skipped",
                "Searches that were to be done once more when there was no time for it",
                RecallCanary::skipped);
        counter("voronode.canary.failed", "Searches whose repetition failed", RecallCanary::failed);
        counter("voronode.canary.recalibrations", "New calibrations that were asked for", RecallCanary::recalibrations);
    }

    private void counter(String name, String description, ToDoubleFunction<RecallCanary> value) {
        ofAll.add(FunctionCounter.builder(name, canary, value)
                .description(description)
                .register(registry));
    }

    /**
     * To be called when collections have come or gone.
     *
     * @param current the uuids of all that there are; asked under a lock, so that of two calls the later knows at least as much
     */
    public synchronized void follow(Supplier<Set<ByteString>> current) {
        if (closed) {
            return;
        }
        Set<ByteString> collections = current.get();
        canary.retain(collections);
        List<ByteString> gone = ofCollections.keySet().stream()
                .filter(uuid -> !collections.contains(uuid))
                .toList();
        gone.forEach(this::remove);
        collections.forEach(uuid -> ofCollections.computeIfAbsent(uuid, this::meters));
    }

    private List<Meter> meters(ByteString uuid) {
        String collection = HexFormat.of().formatHex(uuid.toByteArray());
        return List.of(
                Gauge.builder("voronode.canary.recall", canary, found -> found.meanRecall(uuid))
                        .description("Mean recall of the last searches that were done once more")
                        .tag("collection", collection)
                        .register(registry),
                Gauge.builder("voronode.canary.recall.excess", canary, found -> found.meanExcess(uuid))
                        .description("Mean of their recall less the one that was asked for")
                        .tag("collection", collection)
                        .register(registry));
    }

    private void remove(ByteString uuid) {
        List<Meter> meters = ofCollections.remove(uuid);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
    }

    /** Removes all of them. */
    @Override
    public synchronized void close() {
        closed = true;
        ofAll.forEach(registry::remove);
        List.copyOf(ofCollections.keySet()).forEach(this::remove);
    }
}
