package io.voronode.coordinator.gather;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.voronode.proto.v1.Explanation;
import java.util.EnumMap;
import java.util.Map;

/** The time that each stage of a search took, for its explanation and for meters. Used by one thread. */
final class Stopwatch {
    private final long startNanos = System.nanoTime();
    private final Map<SearchStage, Long> stageNanos = new EnumMap<>(SearchStage.class);
    private long lapNanos = startNanos;

    private long lap() {
        long now = System.nanoTime();
        long lap = now - lapNanos;
        lapNanos = now;
        return lap;
    }

    void skipped() {
        lap();
    }

    /** The time since the last end was the stage's. */
    void ended(SearchStage stage) {
        stageNanos.merge(stage, lap(), Long::sum);
    }

    /** Of the stages that there were, up to now. */
    Map<SearchStage, Long> stageNanos() {
        return Map.copyOf(stageNanos);
    }

    Explanation.Builder explain() {
        Explanation.Builder explanation = Explanation.newBuilder()
                .setRankTime(time(SearchStage.RANK))
                .setGatherTime(time(SearchStage.GATHER))
                .setFetchTime(time(SearchStage.FETCH))
                .setTotalTime(Durations.fromNanos(System.nanoTime() - startNanos));
        if (stageNanos.containsKey(SearchStage.EMBED)) {
            explanation.setEmbedTime(time(SearchStage.EMBED));
        }
        return explanation;
    }

    private Duration time(SearchStage stage) {
        return Durations.fromNanos(stageNanos.getOrDefault(stage, 0L));
    }
}
