package io.voronode.benchmarks.index;

import java.io.Closeable;
import java.io.IOException;

/** An index over the base of a workload, and the search in it. One thread searches at a time. */
public interface MeasuredIndex extends Closeable {

    /** What the index is. */
    IndexFacts facts();

    /**
     * Searches.
     *
     * @param query of length 1 for COSINE; borrowed
     * @param k hits wanted
     * @param effort how much to look at, in the unit of {@link IndexFacts#effortName}
     */
    Found search(float[] query, int k, int effort) throws IOException;
}
