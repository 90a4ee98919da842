package io.voronode.engine.search;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.codec.SegmentCodes;
import io.voronode.engine.quantization.RabitqQuery;
import io.voronode.engine.simd.CodeKernels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.apache.lucene.index.LeafReaderContext;

/**
 * Scans a segment by its codes. Of each batch of a posting list, the scan codes leave the vectors that may be nearer than the
 * threshold, the k-th best estimate so far; the four-bit codes of those give a much closer estimate, which lowers the
 * threshold and leaves the {@link Candidates}. Vectors are read only in the end, by {@link ShardScan}, when most
 * candidates have fallen behind the threshold.
 *
 * <p>Estimates are squared distances in the space of the cells; {@code unit} and {@code offset} make distances of the
 * metric of them.
 */
final class CodedScan extends SegmentScan {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int number;
    private final SegmentCodes codes;
    private final RabitqQuery query;
    private final float epsilon;
    private final float unit;
    private final float offset;
    private long codesScanned;
    private long refined;
    private long codeBytes;

    /** The scan of the segment with this number in the search. */
    CodedScan(
            int number,
            LeafReaderContext leaf,
            SegmentCells cells,
            SegmentCodes codes,
            CellQuery query,
            ScanState state,
            TopK top)
            throws IOException {
        super(leaf, cells, query, state, top);
        CellSpace space = codes.space();
        this.number = number;
        this.codes = codes;
        this.query = state.queryOf(codes);
        this.query.set(space.ofQuery(query.vector()));
        this.epsilon = query.epsilon();
        this.unit = space.unit(query.vector());
        this.offset = space.offset(query.vector());
    }

    @Override
    void scan(int cell, float centroidDistance) throws IOException {
        int list = cells.listOf(cell);
        if (list < 0) {
            return;
        }
        int count = cells.count(list);
        MemorySegment blocks = codes.blocks(list);
        long base = codes.blocksBase(list);
        for (int from = 0; from < count; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, count - from);
            float limit = (state.nearest.threshold() - offset) / unit;
            float reach = reach(centroidDistance, limit);
            int near = CodeKernels.best()
                    .findNear(
                            blocks,
                            base + codes.blockBytes(from),
                            batch,
                            query.tables(),
                            query.scanShift(reach, epsilon),
                            limit - centroidDistance,
                            state.places);
            refine(list, from, near, centroidDistance, reach);
        }
        codesScanned += count;
        codeBytes += codes.blockBytes(count);
    }

    /**
     * What the error of an estimate is proportional to. An estimate errs by the part of q−c that is across the vector's
     * residual: by no more than ‖q−c‖, and, for a vector within the limit, by no more than its distance from the query.
     */
    private static float reach(float centroidDistance, float limit) {
        return (float) Math.sqrt(Math.max(0, Math.min(centroidDistance, limit)));
    }

    /** Looks at the four-bit codes of the first places of a batch. */
    private void refine(int list, int from, int count, float centroidDistance, float reach) throws IOException {
        if (count == 0) {
            return;
        }
        int[] places = state.places;
        for (int i = 0; i < count; i++) {
            places[i] += from;
        }
        int live = hasDeletes() ? keepLivePlaces(list, places, count) : count;
        MemorySegment records = codes.records(list);
        long base = codes.recordsBase(list);
        CodeKernels.best().fourBitDots(query.rotated(), records, base, codes.recordBytes(), places, live, state.values);
        int kept = keepNear(records, base, live, centroidDistance, reach);
        cells.toOrdinals(list, places, kept);
        for (int i = 0; i < kept; i++) {
            state.candidates.add(number, places[i], state.values[i]);
        }
        refined += live;
    }

    /** Turns products into lower bounds, and keeps those within the threshold, in front. */
    private int keepNear(MemorySegment records, long base, int count, float centroidDistance, float reach) {
        int[] places = state.places;
        float[] values = state.values;
        float margin = query.fourBitMargin(reach, epsilon);
        int factors = codes.factorsAt();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long at = base + (long) places[i] * codes.recordBytes() + factors;
            float addend = records.get(FLOAT, at);
            float factor = records.get(FLOAT, at + Float.BYTES);
            float estimate = unit * (addend + factor * (values[i] + query.fourBitShift()) + centroidDistance) + offset;
            float lowerBound = estimate + unit * factor * margin;
            if (!(lowerBound > state.nearest.threshold())) {
                if (estimate > Float.NEGATIVE_INFINITY) {
                    state.nearest.offer(estimate);
                }
                places[kept] = places[i];
                values[kept++] = lowerBound;
            }
        }
        return kept;
    }

    /** Keeps the places of live documents, in front; returns how many. */
    private int keepLivePlaces(int list, int[] places, int count) throws IOException {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isLive(cells.ordinal(list, places[i]))) {
                places[kept++] = places[i];
            }
        }
        return kept;
    }

    @Override
    ScanCounters counters() {
        ScanCounters exact = super.counters();
        return new ScanCounters(
                0, codesScanned, refined, exact.vectors(), exact.bytes() + codeBytes + refined * codes.recordBytes());
    }
}
