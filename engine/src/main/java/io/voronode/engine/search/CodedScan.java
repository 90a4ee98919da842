package io.voronode.engine.search;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.codec.SegmentCodes;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqQuery;
import io.voronode.engine.simd.CodeKernels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

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

    /** Where no more than one vector of a list in so many is accepted, scanning the codes of all says less than it costs. */
    private static final int SPARSE = 8;

    private final int number;
    private final @Nullable AcceptedDocs few;
    private final SegmentCodes codes;
    private final RabitqQuery query;
    private final float epsilon;
    private final float unit;
    private final float offset;
    private long codesScanned;
    private long refined;
    private long codeBytes;

    /** The scan of the segment with this number in the search. */
    CodedScan(int number, OpenSegment segment, SegmentCodes codes, CellQuery query, ScanState state, TopK top)
            throws IOException {
        super(segment, query, state, top);
        CellSpace space = codes.space();
        this.number = number;
        AcceptedDocs accepted = segment.accepted();
        this.few = accepted != null && accepted.isTight() ? accepted : null;
        this.codes = codes;
        this.query = state.quantized(query, codes);
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
        if (!Float.isFinite(centroidDistance)) {
            super.scan(cell, centroidDistance); // an estimate says nothing about a query that overflows
            return;
        }
        int[] places = few == null ? null : few.places(cells, list);
        if (places != null && places.length * SPARSE <= cells.count(list)) {
            scanPlaces(list, places, centroidDistance);
        } else {
            scanCodes(list, centroidDistance);
        }
    }

    private void scanCodes(int list, float centroidDistance) throws IOException {
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
            for (int i = 0; i < near; i++) {
                state.places[i] += from;
            }
            int kept = acceptsAll() ? near : keepAccepted(list, near);
            countMet(near, kept);
            refine(list, kept, centroidDistance, reach);
        }
        codesScanned += count;
        codeBytes += codes.blockBytes(count);
    }

    /** Takes the accepted vectors of a list without a look at the scan codes. */
    private void scanPlaces(int list, int[] places, float centroidDistance) throws IOException {
        countMet(cells.count(list), places.length);
        for (int from = 0; from < places.length; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, places.length - from);
            System.arraycopy(places, from, state.places, 0, batch);
            float limit = (state.nearest.threshold() - offset) / unit;
            refine(list, batch, centroidDistance, reach(centroidDistance, limit));
        }
    }

    /**
     * What the error of an estimate is proportional to. An estimate errs by the part of q−c that is across the vector's
     * residual: by no more than ‖q−c‖, and, for a vector within the limit, by no more than its distance from the query.
     */
    private static float reach(float centroidDistance, float limit) {
        return (float) Math.sqrt(Math.max(0, Math.min(centroidDistance, limit)));
    }

    /** Looks at the four-bit codes of the first places. */
    private void refine(int list, int count, float centroidDistance, float reach) throws IOException {
        if (count == 0) {
            return;
        }
        int[] places = state.places;
        MemorySegment records = codes.records(list);
        long base = codes.recordsBase(list);
        CodeKernels.best()
                .fourBitDots(query.rotated(), records, base, codes.recordBytes(), places, count, state.values);
        int kept = keepNear(records, base, count, centroidDistance, reach);
        cells.toOrdinals(list, places, kept);
        for (int i = 0; i < kept; i++) {
            state.candidates.add(number, places[i], state.values[i]);
        }
        refined += count;
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
                if (addend > RabitqCode.NO_ESTIMATE) {
                    state.nearest.offer(estimate);
                }
                places[kept] = places[i];
                values[kept++] = lowerBound;
            }
        }
        return kept;
    }

    /** Keeps the places of accepted documents, in front; returns how many. */
    private int keepAccepted(int list, int count) throws IOException {
        int[] places = state.places;
        int[] ordinals = state.ordinals;
        System.arraycopy(places, 0, ordinals, 0, count);
        cells.toOrdinals(list, ordinals, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isAccepted(ordinals[i])) {
                places[kept++] = places[i];
            }
        }
        return kept;
    }

    @Override
    ScanCounters counters() {
        ScanCounters exact = super.counters();
        return new ScanCounters(
                0,
                codesScanned,
                refined,
                exact.vectors(),
                exact.bytes() + codeBytes + refined * codes.recordBytes(),
                exact.met(),
                exact.metAccepted());
    }
}
