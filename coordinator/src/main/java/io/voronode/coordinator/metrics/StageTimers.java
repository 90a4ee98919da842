package io.voronode.coordinator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voronode.wire.CallListener;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** A timer for each stage of something. Any thread; what was counted stays in the registry. */
final class StageTimers<S extends Enum<S>> {
    private final Map<S, Timer> timers;

    StageTimers(MeterRegistry registry, String name, String description, Class<S> stages) {
        timers = new EnumMap<>(stages);
        for (S stage : stages.getEnumConstants()) {
            timers.put(
                    stage,
                    Timer.builder(name)
                            .description(description)
                            .tag("stage", stage.name().toLowerCase(Locale.ROOT))
                            .serviceLevelObjectives(CallListener.PART_BOUNDS.toArray(Duration[]::new))
                            .register(registry));
        }
    }

    void record(S stage, long nanos) {
        Timer timer = timers.get(stage);
        if (timer != null) {
            timer.record(Duration.ofNanos(nanos));
        }
    }
}
