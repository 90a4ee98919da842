package io.voronode.coordinator.gather;

import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.gather.Scatter.Outcome;
import io.voronode.coordinator.validate.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Decides which cells are scanned in which wave, for all queries of a batch. After a wave a query is done, or gets another one: where
 * the server chose the number of cells and fewer than k hits were found, twice as many cells; with a filter, what {@link FilterPlan}
 * says. Used by one thread.
 */
final class Waves {
    private static final int REPEATED_GROWTH = 4;

    private final Scatter scatter;
    private final Compute compute;
    private final Stopwatch time;
    private final int k;
    private final ProbePlan plan;

    Waves(Scatter scatter, Compute compute, Stopwatch time, int k, ProbePlan plan) {
        this.scatter = scatter;
        this.compute = compute;
        this.time = time;
        this.k = k;
        this.plan = plan;
    }

    /** Scans the cells of the plan, and then more for those queries that found too few hits. */
    Outcome run(List<QueryScan> scans) {
        List<QueryScan> open = scans;
        rank(open, scan -> scan.rank(plan));
        while (!open.isEmpty()) {
            Outcome outcome = send(open, QueryScan::wave);
            if (outcome != Outcome.DONE) {
                return outcome;
            }
            open = open.stream().filter(this::goesOn).toList();
            rank(open, QueryScan::widen);
        }
        return Outcome.DONE;
    }

    /** Scans the cells of the plan, and what the filter takes. */
    Outcome runFiltered(List<QueryScan> scans, FilterPlan filtered) {
        List<QueryScan> open = scans;
        rank(open, scan -> {
            scan.rank(plan);
            scan.prepare(filtered.first(scan));
        });
        while (!open.isEmpty()) {
            Outcome outcome = send(open, QueryScan::wave);
            if (outcome != Outcome.DONE) {
                return outcome;
            }
            open = open.stream()
                    .filter(scan -> !(filtered.next(scan) instanceof FilterPlan.Done))
                    .toList();
            rank(open, scan -> scan.prepare(filtered.next(scan)));
        }
        return Outcome.DONE;
    }

    /** Scans the same cells once more: hits were dropped, so each node gives more, and much more where most of what it gave is gone. */
    Outcome again(List<QueryScan> scans) {
        return send(
                scans,
                scan -> scan.again(Math.min(
                        Limits.HITS, Math.max(k + 2 * scan.merge().dropped(), REPEATED_GROWTH * scan.asked()))));
    }

    private void rank(List<QueryScan> scans, Consumer<QueryScan> ranking) {
        if (scans.isEmpty()) {
            return;
        }
        QueryScan first = scans.getFirst();
        compute.forEach(scans.size(), (long) first.cellCount() * first.dimension(), i -> ranking.accept(scans.get(i)));
        time.ended(SearchStage.RANK);
    }

    private Outcome send(List<QueryScan> scans, Function<QueryScan, List<Probe>> wave) {
        List<Probe> probes = new ArrayList<>();
        scans.forEach(scan -> probes.addAll(wave.apply(scan)));
        Outcome outcome = scatter.run(probes);
        time.ended(SearchStage.GATHER);
        return outcome;
    }

    private boolean goesOn(QueryScan scan) {
        return plan.mayWiden()
                && scan.wanted() < scan.cellCount()
                && scan.merge().size() < k;
    }
}
