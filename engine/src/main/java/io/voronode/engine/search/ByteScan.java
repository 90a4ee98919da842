package io.voronode.engine.search;

import io.voronode.engine.codec.ByteCodes;
import io.voronode.engine.quantization.ByteCode;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.RecordKernels;
import io.voronode.engine.simd.Vectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Scans the bytes of every vector of a posting list. With x̂ what the bytes stand for and σ the deviation of a coordinate
 * of it, ⟨q, x̂⟩ errs by ‖q‖·σ and Σ|q−x̂| by √n·σ, which is little: about as many vectors are candidates as hits are wanted.
 */
final class ByteScan extends CodedScan {

    private final ByteCodes codes;
    private final Metric metric;
    private final float[] query;
    private final double querySquares;
    private final double querySum;
    /** By which the error of a coordinate is multiplied in a lower bound. */
    private final float margin;

    ByteScan(int number, OpenSegment segment, ByteCodes codes, CellQuery query, ScanState state, TopK top)
            throws IOException {
        super(number, segment, codes, query, state, top);
        this.codes = codes;
        this.metric = segment.cells().metric();
        this.query = query.vector();
        double norm = Vectors.norm(query.vector());
        this.querySquares = norm * norm;
        this.querySum = sum(query.vector());
        double perStep = switch (metric) {
            case EUCLIDEAN -> 2 * norm;
            case COSINE, DOT -> norm;
            case MANHATTAN -> Math.sqrt(query.vector().length);
        };
        this.margin = (float) (query.epsilon() * ByteCode.ERROR * perStep);
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float x : values) {
            sum += x;
        }
        return sum;
    }

    @Override
    void scanList(int list, int count, float centroidDistance) throws IOException {
        for (int from = 0; from < count; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, count - from);
            for (int i = 0; i < batch; i++) {
                state.places[i] = from + i;
            }
            refineAccepted(list, batch, centroidDistance);
        }
        codesScanned += count;
    }

    @Override
    int keepNear(int list, int count, float centroidDistance) throws IOException {
        int[] places = state.places;
        float[] values = state.values;
        MemorySegment records = codes.records(list);
        long base = codes.recordsBase(list);
        int recordBytes = codes.recordBytes();
        RecordKernels kernels = RecordKernels.best();
        if (metric == Metric.MANHATTAN) {
            kernels.byteManhattans(query, records, base, recordBytes, places, count, values);
        } else {
            kernels.byteDots(query, records, base, recordBytes, places, count, values);
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long factors = base + (long) places[i] * recordBytes + codes.factorsAt();
            float step = records.get(FLOAT, factors);
            float estimate = estimate(values[i], step, records, factors);
            float lowerBound = estimate - margin * step;
            if (!(lowerBound > state.nearest.threshold())) {
                state.nearest.offer(estimate);
                places[kept] = places[i];
                values[kept++] = lowerBound;
            }
        }
        return kept;
    }

    /**
     * The distance, from what the kernel has summed over a record. In double: far from the origin it is a small difference of large numbers.
     */
    private float estimate(float kernelSum, float step, MemorySegment records, long factors) {
        if (metric == Metric.MANHATTAN) {
            return kernelSum;
        }
        float middle = records.get(FLOAT, factors + Float.BYTES);
        double product = middle * querySum + (double) step * kernelSum;
        return (float)
                switch (metric) {
                    case EUCLIDEAN -> querySquares + records.get(FLOAT, factors + 2 * Float.BYTES) - 2 * product;
                    case COSINE -> 1 - product;
                    case DOT, MANHATTAN -> -product;
                };
    }
}
