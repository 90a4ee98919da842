package io.voronode.coordinator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.coordinator.gather.ScanTrace;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.gather.SearchListener;
import io.voronode.coordinator.gather.SearchStage;

/** The meters of the searches of clients. Any thread; what was counted stays in the registry. */
public final class SearchMeters implements SearchListener {
    private final StageTimers<SearchStage> stages;
    private final Counter queries;
    private final Counter waves;
    private final Counter probes;
    private final Counter hedges;
    private final Counter rankSeconds;

    public SearchMeters(MeterRegistry registry) {
        stages = new StageTimers<>(registry, "voronode.search.stage", "Stages of searches", SearchStage.class);
        queries = counter(registry, "voronode.search.queries", "Queries answered");
        waves = counter(registry, "voronode.search.waves", "Waves of queries");
        probes = counter(registry, "voronode.search.probes", "Shards asked for queries");
        hedges = counter(registry, "voronode.search.hedges", "Shards asked at one more replica");
        rankSeconds = counter(registry, "voronode.search.rank.seconds", "Time in which queries got their cells");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    @Override
    public void answered(SearchAnswer answer) {
        answer.stageNanos().forEach(stages::record);
        queries.increment(answer.traces().size());
        waves.increment(answer.traces().stream().mapToInt(ScanTrace::waves).sum());
        probes.increment(answer.traces().stream().mapToInt(ScanTrace::probes).sum());
        hedges.increment(answer.traces().stream().mapToInt(ScanTrace::hedges).sum());
        rankSeconds.increment(
                answer.traces().stream().mapToLong(ScanTrace::rankNanos).sum() / 1e9);
    }
}
