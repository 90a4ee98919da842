package io.voronode.engine.search;

import io.voronode.engine.codec.BlockCodes;
import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.quantization.RabitqQuery;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that a search works in, kept by its thread for the next one so that a query makes little garbage. One search of
 * a thread has it at a time.
 */
final class ScanState {

    /** Vectors taken together: between two batches the threshold falls, and the cancellation is looked at. */
    static final int BATCH = 256;

    private static final ThreadLocal<ScanState> OF_THREAD = ThreadLocal.withInitial(ScanState::new);

    final NearestK nearest = new NearestK();
    final Candidates candidates = new Candidates();
    final int[] places = new int[BATCH];
    final int[] ordinals = new int[BATCH];
    final float[] values = new float[BATCH];

    private @Nullable QuantizedQuery quantized;
    private boolean isQuantized;

    private record QuantizedQuery(String cellMapDigest, boolean isOfProduct, RabitqQuery query) {}

    private ScanState() {}

    /** That of this thread, empty. */
    static ScanState begin(CellQuery query) {
        ScanState state = OF_THREAD.get();
        state.nearest.reset(query.k(), query.bound());
        state.candidates.clear();
        state.isQuantized = false;
        return state;
    }

    /** The query as the codes of a segment see it: quantized once for all segments whose codes are of one cell map. */
    RabitqQuery quantized(CellQuery query, SegmentCells cells, BlockCodes codes) {
        QuantizedQuery kept = quantized;
        if (kept == null
                || !kept.cellMapDigest().equals(cells.cellMapDigest())
                || kept.isOfProduct() != (codes.product() != null)) {
            kept = new QuantizedQuery(
                    cells.cellMapDigest(),
                    codes.product() != null,
                    new RabitqQuery(codes.rotation(), codes.origin(), codes.product()));
            quantized = kept;
            isQuantized = false;
        }
        if (!isQuantized) {
            kept.query().set(codes.space().ofQuery(query.vector()));
            isQuantized = true;
        }
        return kept.query();
    }
}
