package io.voronode.engine.search;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.codec.BlockCodes;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqQuery;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.RecordKernels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Scans in two steps. Of each batch of a posting list, the scan codes leave the vectors that may be nearer than the
 * threshold; the four-bit codes of those give a much closer estimate, which lowers the threshold and leaves the
 * candidates.
 *
 * <p>Estimates are squared distances in the space of the cells; {@code unit} and {@code offset} make distances of the
 * metric of them.
 */
final class BlockScan extends CodedScan {

    private final BlockCodes codes;
    private final RabitqQuery query;
    private final float epsilon;
    private final float unit;
    private final float offset;

    BlockScan(int number, OpenSegment segment, BlockCodes codes, CellQuery query, ScanState state, TopK top)
            throws IOException {
        super(number, segment, codes, query, state, top);
        CellSpace space = codes.space();
        this.codes = codes;
        this.query = state.quantized(query, segment.cells(), codes);
        this.epsilon = query.epsilon();
        this.unit = space.unit(query.vector());
        this.offset = space.offset(query.vector());
    }

    @Override
    void scanList(int list, int count, float centroidDistance) throws IOException {
        MemorySegment blocks = codes.blocks(list);
        long base = codes.blocksBase(list);
        for (int from = 0; from < count; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, count - from);
            long at = base + codes.blockBytes(from);
            if (limit() == Float.POSITIVE_INFINITY && state.nearest.capacity() < batch && acceptsAll()) {
                scanFirst(list, blocks, at, from, batch, centroidDistance);
            } else {
                refineFrom(list, from, findNear(blocks, at, batch, centroidDistance), centroidDistance);
            }
        }
        codesScanned += count;
        codeBytes += codes.blockBytes(count);
    }

    private int findNear(MemorySegment blocks, long at, int count, float centroidDistance) {
        float limit = limit();
        return CodeKernels.best()
                .findNear(
                        blocks,
                        at,
                        count,
                        query.tables(),
                        query.scanShift(reach(centroidDistance, limit), epsilon),
                        limit - centroidDistance,
                        state.places);
    }

    /** Refines vectors of a batch that begins at this place of the list; the first places are relative to it. */
    private void refineFrom(int list, int from, int count, float centroidDistance) throws IOException {
        for (int i = 0; i < count; i++) {
            state.places[i] += from;
        }
        refineAccepted(list, count, centroidDistance);
    }

    /**
     * A batch before which no threshold is known, so that all its vectors may be near. Those with the k least bounds are refined first: they
     * give the threshold, behind which most others are.
     */
    private void scanFirst(int list, MemorySegment blocks, long at, int from, int count, float centroidDistance)
            throws IOException {
        float[] bounds = state.bounds;
        float shift = query.scanShift(reach(centroidDistance, limit()), epsilon);
        CodeKernels.best().lowerBounds(blocks, at, count, query.tables(), shift, bounds);
        float least = nthLeast(bounds, count, state.nearest.capacity());
        int first = 0;
        for (int place = 0; place < count; place++) {
            if (!(bounds[place] > least)) {
                state.places[first++] = place;
            }
        }
        refineFrom(list, from, first, centroidDistance);
        int near = findNear(blocks, at, count, centroidDistance);
        int others = 0;
        for (int i = 0; i < near; i++) {
            int place = state.places[i];
            if (bounds[place] > least) {
                state.places[others++] = place;
            }
        }
        refineFrom(list, from, others, centroidDistance);
    }

    private float nthLeast(float[] bounds, int count, int n) {
        float[] sorted = state.values;
        System.arraycopy(bounds, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        return sorted[n - 1];
    }

    /** The threshold as a squared distance in the space of the cells. */
    private float limit() {
        return (state.nearest.threshold() - offset) / unit;
    }

    /**
     * What the error of an estimate is proportional to. An estimate errs by the part of q−c that is across the vector's
     * residual: by no more than ‖q−c‖, and, for a vector within the limit, by no more than its distance from the query.
     */
    private static float reach(float centroidDistance, float limit) {
        return (float) Math.sqrt(Math.max(0, Math.min(centroidDistance, limit)));
    }

    @Override
    int keepNear(int list, int count, float centroidDistance) throws IOException {
        int[] places = state.places;
        float[] values = state.values;
        MemorySegment records = codes.records(list);
        long base = codes.recordsBase(list);
        int recordBytes = codes.recordBytes();
        RecordKernels.best().fourBitDots(query.rotated(), records, base, recordBytes, places, count, values);
        float margin = query.fourBitMargin(reach(centroidDistance, limit()), epsilon);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long at = base + (long) places[i] * recordBytes + codes.factorsAt();
            float addend = records.get(FLOAT, at);
            float factor = records.get(FLOAT, at + Float.BYTES);
            float estimate = unit * (addend + factor * (values[i] + query.fourBitShift()) + centroidDistance) + offset;
            float lowerBound = estimate + unit * factor * margin;
            if (!(lowerBound > state.nearest.threshold())) {
                if (addend > RabitqCode.NO_ESTIMATE) {
                    state.nearest.offer(estimate);
                }
                places[kept] = places[i];
                values[kept++] = lowerBound;
            }
        }
        return kept;
    }
}
