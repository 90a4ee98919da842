package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Dataset;
import io.voronode.engine.simd.Distances;
import java.util.Arrays;
import org.apache.lucene.util.NumericUtils;

/** The float32 vectors on the heap, for peers whose own search saw only codes. */
record FullVectors(Dataset data) {

    /** The k of some candidates that are nearest to the query. */
    int[] nearest(float[] query, int[] candidates, int k) {
        long[] byDistance = new long[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            float distance = Distances.distance(data.metric(), query, data.vectors()[candidates[i]]);
            byDistance[i] = (long) NumericUtils.floatToSortableInt(distance) << 32 | candidates[i];
        }
        Arrays.sort(byDistance);
        return Arrays.stream(byDistance).limit(k).mapToInt(each -> (int) each).toArray();
    }

    long bytes(int count) {
        return (long) count * data.dimension() * Float.BYTES;
    }
}
