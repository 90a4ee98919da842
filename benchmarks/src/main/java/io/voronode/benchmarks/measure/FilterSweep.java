package io.voronode.benchmarks.measure;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.RowFilter;
import io.voronode.benchmarks.data.RowNumbers;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.FilteredIndex;
import io.voronode.benchmarks.index.MeasuredIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures one index without and with filters, each with the same efforts: what a filter does to recall, and to speed. Recall comes first,
 * then rounds in which all take turns, as in {@link Sweep}. A filter is measured twice: when it is remembered from searches before, and when
 * it is new to every search.
 */
public final class FilterSweep {

    private static final double[] SHARES = {0.001, 0.01, 0.1, 0.5, 0.9};
    private static final int WARM_UP_QUERIES = 500;

    private final Workload workload;
    private final Cache cache;
    private final int k;
    private final int rounds;
    private final List<Integer> efforts;

    public FilterSweep(Workload workload, Cache cache, int k, int rounds, List<Integer> efforts) {
        this.workload = workload;
        this.cache = cache;
        this.k = k;
        this.rounds = rounds;
        this.efforts = List.copyOf(efforts);
    }

    /** Measures on the calling thread; of each effort first without a filter, then by the numbers and the share that is accepted. */
    public List<Measured> measure(FilteredIndex index, List<RowNumbers> numbers) throws IOException {
        List<Trial> trials = new ArrayList<>();
        addTrials(index.unfiltered(), workload, trials);
        for (RowNumbers each : numbers) {
            for (double share : SHARES) {
                RowFilter filter = each.below(share);
                Workload accepted = filter.of(workload);
                addTrials(index.under(filter, true), accepted, trials);
                addTrials(index.under(filter, false), accepted, trials);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Trial trial : trials) {
                trial.round();
            }
        }
        return trials.stream().map(Trial::result).toList();
    }

    private void addTrials(MeasuredIndex view, Workload accepted, List<Trial> trials) throws IOException {
        GroundTruth truth = GroundTruth.of(accepted, cache);
        for (float[] query : workload.warmUp(WARM_UP_QUERIES)) {
            view.search(query, k, efforts.getFirst());
        }
        for (int effort : efforts) {
            trials.add(Trial.of(view, accepted, truth, k, effort));
        }
    }
}
