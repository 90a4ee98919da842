package io.voronode.coordinator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.coordinator.write.WriteListener;
import io.voronode.coordinator.write.WriteStage;

/** The meters of the writes that a coordinator makes. Any thread; what was counted stays in the registry. */
public final class WriteMeters implements WriteListener {
    private final StageTimers<WriteStage> stages;

    public WriteMeters(MeterRegistry registry) {
        stages = new StageTimers<>(registry, "voronode.write.stage", "Stages of writes", WriteStage.class);
    }

    @Override
    public void ended(WriteStage stage, long nanos) {
        stages.record(stage, nanos);
    }
}
