package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCodes;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Scans a segment by its codes: they leave a few {@link Candidates}, whose vectors are read only in the end, by {@link
 * ShardScan}, when most have fallen behind the threshold, the k-th best estimate so far.
 */
abstract sealed class CodedScan extends SegmentScan permits BlockScan, ByteScan {

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Where no more than one vector of a list in so many is accepted, scanning the codes of all says less than it costs. */
    private static final int SPARSE = 8;

    private final int number;
    private final @Nullable AcceptedDocs few;
    private final int recordBytes;
    long codesScanned;
    long codeBytes;
    private long refined;

    /** The scan of the segment with this number in the search. */
    CodedScan(int number, OpenSegment segment, SegmentCodes codes, CellQuery query, ScanState state, TopK top)
            throws IOException {
        super(segment, query, state, top);
        this.number = number;
        AcceptedDocs accepted = segment.accepted();
        this.few = accepted != null && accepted.isTight() ? accepted : null;
        this.recordBytes = codes.recordBytes();
    }

    /** Looks through all vectors of a list. */
    abstract void scanList(int list, int count, float centroidDistance) throws IOException;

    /**
     * Estimates the distances of the vectors at the first of {@link ScanState#places} by their records, offers them to {@link
     * ScanState#nearest}, and keeps, in front, the places of those that may be near, their lower bounds beside them in {@link
     * ScanState#values}; returns how many.
     */
    abstract int keepNear(int list, int count, float centroidDistance) throws IOException;

    @Override
    final void scan(int cell, float centroidDistance) throws IOException {
        int list = cells.listOf(cell);
        if (list < 0) {
            return;
        }
        if (!Float.isFinite(centroidDistance)) {
            super.scan(cell, centroidDistance); // an estimate says nothing about a query that overflows
            return;
        }
        int count = cells.count(list);
        int[] places = few == null ? null : few.places(cells, list);
        if (places != null && places.length * SPARSE <= count) {
            scanPlaces(list, places, centroidDistance);
        } else {
            scanList(list, count, centroidDistance);
        }
    }

    /** Takes the accepted vectors of a list without a look at the others. */
    private void scanPlaces(int list, int[] places, float centroidDistance) throws IOException {
        countMet(cells.count(list), places.length);
        for (int from = 0; from < places.length; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, places.length - from);
            System.arraycopy(places, from, state.places, 0, batch);
            refine(list, batch, centroidDistance);
        }
    }

    /** Of the first places, refines those of accepted documents. */
    final void refineAccepted(int list, int count, float centroidDistance) throws IOException {
        int accepted = acceptsAll() ? count : keepAccepted(list, count);
        countMet(count, accepted);
        refine(list, accepted, centroidDistance);
    }

    private void refine(int list, int count, float centroidDistance) throws IOException {
        if (count == 0) {
            return;
        }
        int kept = keepNear(list, count, centroidDistance);
        cells.toOrdinals(list, state.places, kept);
        int cell = cells.cellOf(list);
        for (int i = 0; i < kept; i++) {
            state.candidates.add(number, state.places[i], cell, state.values[i]);
        }
        refined += count;
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
    final ScanCounters counters() {
        ScanCounters exact = super.counters();
        return new ScanCounters(
                0,
                codesScanned,
                refined,
                exact.vectors(),
                exact.bytes() + codeBytes + refined * recordBytes,
                exact.met(),
                exact.metAccepted());
    }
}
