package io.voronode.benchmarks.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Accepts the rows of a data set whose number is below a limit. Immutable.
 *
 * @param limit at least 1
 */
public record RowFilter(RowNumbers numbers, int limit) {

    public RowFilter {
        if (limit < 1) {
            throw new IllegalArgumentException("a filter that accepts no row");
        }
    }

    /** The accepted rows, ascending. */
    public int[] rows() {
        return IntStream.range(0, numbers.numbers().length)
                .filter(row -> numbers.numbers()[row] < limit)
                .toArray();
    }

    /** The same queries over the accepted rows alone, which are numbered by their place in {@link #rows}. */
    public Workload of(Workload workload) {
        Dataset base = workload.base();
        float[][] accepted =
                Arrays.stream(rows()).mapToObj(row -> base.vectors()[row]).toArray(float[][]::new);
        return new Workload(new Dataset(base.name(), base.metric(), accepted), workload.queries(), workload.seed());
    }
}
