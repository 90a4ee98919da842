package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.SegmentKernels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.index.FloatVectorValues;

/** Exact distances from one query to vectors of one segment, by ordinal. Owned by one search. */
sealed interface RowScorer {

    /** {@code out[i]} = the internal distance to {@code ordinals[i]}, for i < count. */
    void distances(int[] ordinals, int count, float[] out) throws IOException;

    /** Reads mapped files in place; otherwise, vector by vector through Lucene's copy. */
    static RowScorer of(SegmentCells segment, float[] query) {
        MemorySegment rows = segment.rows();
        return rows == null
                ? new Copying(segment.metric(), query, segment.vectors())
                : new Mapped(segment.metric(), query, rows);
    }

    /** Over a mapped file. */
    @SuppressWarnings("ArrayRecordComponent") // a function object of one search, never compared
    record Mapped(Metric metric, float[] query, MemorySegment rows) implements RowScorer {

        @Override
        public void distances(int[] ordinals, int count, float[] out) {
            SegmentKernels kernels = SegmentKernels.best();
            switch (metric) {
                case EUCLIDEAN -> kernels.squaredDistances(query, rows, ordinals, count, out);
                case MANHATTAN -> kernels.manhattans(query, rows, ordinals, count, out);
                case COSINE -> {
                    kernels.dots(query, rows, ordinals, count, out);
                    subtractFrom(1, out, count);
                }
                case DOT -> {
                    kernels.dots(query, rows, ordinals, count, out);
                    subtractFrom(0, out, count);
                }
            }
        }

        private static void subtractFrom(float constant, float[] values, int count) {
            for (int i = 0; i < count; i++) {
                values[i] = constant - values[i];
            }
        }
    }

    /** Over vectors that Lucene copies to the heap. */
    @SuppressWarnings("ArrayRecordComponent") // a function object of one search, never compared
    record Copying(Metric metric, float[] query, FloatVectorValues vectors) implements RowScorer {

        @Override
        public void distances(int[] ordinals, int count, float[] out) throws IOException {
            for (int i = 0; i < count; i++) {
                out[i] = Distances.distance(metric, query, vectors.vectorValue(ordinals[i]));
            }
        }
    }
}
