package io.voronode.benchmarks.data;

import java.util.Arrays;

/**
 * A data set to index and queries that are not in it. Immutable by agreement, as {@link Dataset} is.
 *
 * @param base what engines index; a hit is told as a row of it
 * @param seed by which the queries were drawn
 */
@SuppressWarnings("ArrayRecordComponent") // shared and never compared
public record Workload(Dataset base, float[][] queries, long seed) {

    /** Rows of the base, to warm the JVM with other queries than those that are measured. */
    public float[][] warmUp(int n) {
        return Arrays.copyOf(base.vectors(), Math.min(n, base.count()));
    }
}
