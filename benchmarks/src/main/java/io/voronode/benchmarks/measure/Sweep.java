package io.voronode.benchmarks.measure;

import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.MeasuredIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures indexes over one workload, each with rising effort.
 *
 * <p>Recall comes first, and tells which efforts are of interest: up to the first whose recall is enough for any table,
 * and none that is far below. Then come the rounds. In a round every index with every effort is asked all queries once,
 * so whatever else the machine does hits all alike; of the rounds the median counts. Before the first round each index
 * answers other queries for a while, until the JVM has compiled its search.
 */
public final class Sweep {

    /** Efforts tried: each is at most half more than the one before, so that interpolation between them is fair. */
    private static final int[] EFFORTS = {
        1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 130, 160, 200, 250, 320, 400, 500, 640, 800,
        1000, 1300, 1600, 2000
    };

    private static final double ENOUGH_RECALL = 0.99;
    private static final double LITTLE_RECALL = 0.80;
    private static final int WARM_UP_QUERIES = 2_000;

    private final Workload workload;
    private final GroundTruth truth;
    private final int k;
    private final int rounds;

    public Sweep(Workload workload, GroundTruth truth, int k, int rounds) {
        this.workload = workload;
        this.truth = truth;
        this.k = k;
        this.rounds = rounds;
    }

    /** Measures on the calling thread; the results are in the order of the indexes, then of effort. */
    public List<Measured> measure(List<? extends MeasuredIndex> indexes) throws IOException {
        List<Trial> trials = new ArrayList<>();
        for (MeasuredIndex index : indexes) {
            warmUp(index);
            trials.addAll(trials(index));
        }
        for (int round = 0; round < rounds; round++) {
            for (Trial trial : trials) {
                trial.round();
            }
        }
        return trials.stream().map(Trial::result).toList();
    }

    private void warmUp(MeasuredIndex index) throws IOException {
        int effort = Math.min(2 * k, index.facts().maxEffort());
        for (float[] query : workload.warmUp(WARM_UP_QUERIES)) {
            index.search(query, k, effort);
        }
    }

    private List<Trial> trials(MeasuredIndex index) throws IOException {
        List<Trial> trials = new ArrayList<>();
        for (int effort : EFFORTS) {
            if (effort >= smallest(index) && effort <= index.facts().maxEffort()) {
                Trial trial = Trial.of(index, workload, truth, k, effort);
                trials.add(trial);
                if (trial.recall() >= ENOUGH_RECALL) {
                    break;
                }
            }
        }
        double best = trials.stream().mapToDouble(Trial::recall).max().orElse(0);
        trials.removeIf(trial -> trial.recall() < Math.min(LITTLE_RECALL, best));
        return trials;
    }

    /** A graph's search holds no fewer candidates than hits are wanted. */
    private int smallest(MeasuredIndex index) {
        return index.facts().effortName().equals("ef") ? k : 1;
    }
}
