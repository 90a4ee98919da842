package io.voronode.coordinator.gather;

import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.gather.Scatter.Outcome;
import io.voronode.coordinator.validate.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which cells are scanned in which wave, for all queries of a batch. After a wave a query is done, or gets another one: where
 * the server chose the number of cells and fewer than k hits were found, twice as many cells. Used by one thread.
 */
final class Waves {
    private final Scatter scatter;
    private final Compute compute;
    private final Stopwatch time;
    private final int k;
    private final boolean mayWiden;

    Waves(Scatter scatter, Compute compute, Stopwatch time, int k, boolean mayWiden) {
        this.scatter = scatter;
        this.compute = compute;
        this.time = time;
        this.k = k;
        this.mayWiden = mayWiden;
    }

    /** Scans the nearest cells, so many to begin with. */
    Outcome run(List<QueryScan> scans, int cells) {
        List<QueryScan> open = scans;
        int ranked = cells;
        while (!open.isEmpty()) {
            rank(open, ranked);
            List<Probe> probes = new ArrayList<>();
            open.forEach(scan -> probes.addAll(scan.wave()));
            Outcome outcome = send(probes);
            if (outcome != Outcome.DONE) {
                return outcome;
            }
            open = open.stream().filter(this::goesOn).toList();
            ranked = (int) Math.min(Integer.MAX_VALUE, 2L * ranked);
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

    private void rank(List<QueryScan> scans, int cells) {
        QueryScan first = scans.getFirst();
        compute.forEach(
                scans.size(),
                (long) first.cellCount() * first.dimension(),
                i -> scans.get(i).rank(cells));
        time.ranked();
    }

    private Outcome send(List<Probe> probes) {
        Outcome outcome = scatter.run(probes);
        time.gathered();
        return outcome;
    }

    private boolean goesOn(QueryScan scan) {
        return mayWiden && scan.wanted() < scan.cellCount() && scan.merge().size() < k;
    }
}
