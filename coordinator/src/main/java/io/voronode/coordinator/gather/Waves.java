package io.voronode.coordinator.gather;

import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.gather.Scatter.Outcome;
import io.voronode.coordinator.validate.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides which cells are scanned in which wave, for all queries of a batch. After a wave a query is done, or gets another one: where
 * the server chose the number of cells and fewer than k hits were found, twice as many cells. Used by one thread.
 */
final class Waves {
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
            List<Probe> probes = new ArrayList<>();
            open.forEach(scan -> probes.addAll(scan.wave()));
            Outcome outcome = send(probes);
            if (outcome != Outcome.DONE) {
                return outcome;
            }
            open = open.stream().filter(this::goesOn).toList();
            rank(open, QueryScan::widen);
        }
        return Outcome.DONE;
    }

    /** Scans the same cells once more: hits were dropped, so each shard gives as many more. */
    Outcome again(List<QueryScan> scans) {
        List<Probe> probes = new ArrayList<>();
        scans.forEach(scan -> probes.addAll(
                scan.again(Math.min(Limits.HITS, k + 2 * scan.merge().dropped()))));
        return send(probes);
    }

    private void rank(List<QueryScan> scans, Consumer<QueryScan> ranking) {
        if (scans.isEmpty()) {
            return;
        }
        QueryScan first = scans.getFirst();
        compute.forEach(scans.size(), (long) first.cellCount() * first.dimension(), i -> ranking.accept(scans.get(i)));
        time.ranked();
    }

    private Outcome send(List<Probe> probes) {
        Outcome outcome = scatter.run(probes);
        time.gathered();
        return outcome;
    }

    private boolean goesOn(QueryScan scan) {
        return plan.mayWiden()
                && scan.wanted() < scan.cellCount()
                && scan.merge().size() < k;
    }
}
