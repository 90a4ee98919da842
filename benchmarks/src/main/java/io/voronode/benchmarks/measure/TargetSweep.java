package io.voronode.benchmarks.measure;

import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.CalibratedVoronode;
import io.voronode.benchmarks.index.VoronodeIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how searches that say the recall they want meet it, and what they cost beside searches of a fixed number of cells
 * that find as much. That number is found by bisection; since no whole one finds exactly as much, the two next to it are
 * measured and interpolated. All take turns in rounds, of which the median counts, as in {@link Sweep}.
 */
public final class TargetSweep {

    private static final int WARM_UP_QUERIES = 3_000;

    private final Workload workload;
    private final GroundTruth truth;
    private final int k;
    private final int rounds;

    public TargetSweep(Workload workload, GroundTruth truth, int k, int rounds) {
        this.workload = workload;
        this.truth = truth;
        this.k = k;
        this.rounds = rounds;
    }

    /** Measures on the calling thread, a result for each target. */
    public List<MetTarget> measure(VoronodeIndex fixed, CalibratedVoronode calibrated, List<Double> targets)
            throws IOException {
        warmUp(fixed, calibrated);
        List<Pair> pairs = new ArrayList<>();
        Map<Integer, Trial> fixedTrials = new HashMap<>();
        for (double target : targets) {
            pairs.add(pair(fixed, calibrated, target, fixedTrials));
        }
        for (int round = 0; round < rounds; round++) {
            for (Pair pair : pairs) {
                pair.byTarget.round();
                pair.below.round();
                pair.above.round();
            }
        }
        return pairs.stream().map(pair -> result(calibrated, pair)).toList();
    }

    /** A target and the two fixed numbers of cells between which its recall lies. */
    private record Pair(double target, double cells, Trial byTarget, Trial below, Trial above) {}

    private void warmUp(VoronodeIndex fixed, CalibratedVoronode calibrated) throws IOException {
        for (float[] query : workload.warmUp(WARM_UP_QUERIES)) {
            fixed.search(query, k, Math.min(k, fixed.facts().maxEffort()));
            calibrated.search(query, k, 950);
        }
    }

    private Pair pair(VoronodeIndex fixed, CalibratedVoronode calibrated, double target, Map<Integer, Trial> trials)
            throws IOException {
        int effort = (int) Math.round(1_000 * target);
        Trial byTarget = Trial.of(calibrated, workload, truth, k, effort);
        double cells = Arrays.stream(workload.queries())
                .mapToInt(query -> calibrated.cells(query, k, effort).size())
                .average()
                .orElseThrow();
        int nprobe = leastReaching(byTarget.recall(), fixed, trials);
        return new Pair(
                target, cells, byTarget, trial(fixed, Math.max(1, nprobe - 1), trials), trial(fixed, nprobe, trials));
    }

    private int leastReaching(double recall, VoronodeIndex fixed, Map<Integer, Trial> trials) throws IOException {
        int low = 1;
        int high = fixed.facts().maxEffort();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (trial(fixed, middle, trials).recall() >= recall) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Trial trial(VoronodeIndex fixed, int nprobe, Map<Integer, Trial> trials) throws IOException {
        Trial known = trials.get(nprobe);
        if (known == null) {
            known = Trial.of(fixed, workload, truth, k, nprobe);
            trials.put(nprobe, known);
        }
        return known;
    }

    private MetTarget result(CalibratedVoronode calibrated, Pair pair) {
        double gained = pair.above.recall() - pair.below.recall();
        double share = gained > 0 ? Math.clamp((pair.byTarget.recall() - pair.below.recall()) / gained, 0, 1) : 1;
        Measured below = pair.below.result();
        Measured above = pair.above.result();
        double seconds = (1 - share) / below.queriesPerCpuSecond() + share / above.queriesPerCpuSecond();
        double nprobe = (1 - share) * lastNumber(below) + share * lastNumber(above);
        return new MetTarget(
                workload.base().name(),
                calibrated.facts().kind(),
                workload.seed(),
                k,
                pair.target,
                pair.byTarget.recall(),
                pair.cells,
                pair.byTarget.result().queriesPerCpuSecond(),
                nprobe,
                1 / seconds,
                calibrated.calibrationCpuSeconds());
    }

    private static int lastNumber(Measured measured) {
        return Integer.parseInt(measured.setting().substring(measured.setting().lastIndexOf('=') + 1));
    }
}
