package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The meters of one thing that comes and goes, under the same tags; removed together. Owned by one thread at a time. */
final class MeterGroup {
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    /** A counter does not keep what it reads from being collected. */
    private final List<LongSupplier> counted = new ArrayList<>();

    MeterGroup(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    MeterGroup gauge(String name, String description, DoubleSupplier value) {
        return gauge(name, null, description, value);
    }

    /** A figure as it is now. */
    MeterGroup gauge(String name, @Nullable String unit, String description, DoubleSupplier value) {
        meters.add(Gauge.builder(name, value::getAsDouble)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry));
        return this;
    }

    /** A figure that only grows. */
    MeterGroup counter(String name, String description, LongSupplier value) {
        counted.add(value);
        meters.add(FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .tags(tags)
                .register(registry));
        return this;
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    static double flag(boolean set) {
        return set ? 1 : 0;
    }
}
