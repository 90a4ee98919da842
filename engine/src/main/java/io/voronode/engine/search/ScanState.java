package io.voronode.engine.search;

import io.voronode.engine.clustering.BucketSort;
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

    private static final int NEAREST_FIRST = 8;

    private static final ThreadLocal<ScanState> OF_THREAD = ThreadLocal.withInitial(ScanState::new);

    final NearestK nearest = new NearestK();
    final Candidates candidates = new Candidates();
    final int[] places = new int[BATCH];
    final int[] ordinals = new int[BATCH];
    /** Of the vectors that are compared together. */
    final int[] cells = new int[BATCH];

    final float[] values = new float[BATCH];
    final float[] bounds = new float[BATCH];

    private final BucketSort sort = new BucketSort();
    private long[] keys = new long[BATCH];
    private int[] order = new int[BATCH];

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

    /**
     * In which order to scan some cells: the first few as they come, until the threshold is close to its last value, the others by their number,
     * since neighbouring lists are read faster one after the other.
     *
     * @return places in {@code cells}; borrowed until the next call, and longer than they are
     */
    int[] scanOrder(int[] cells) {
        if (order.length < cells.length) {
            order = new int[2 * cells.length];
            keys = new long[2 * cells.length];
        }
        int others = cells.length - NEAREST_FIRST;
        for (int i = 0; i < Math.min(cells.length, NEAREST_FIRST); i++) {
            order[i] = i;
        }
        for (int i = 0; i < others; i++) {
            keys[i] = (long) cells[NEAREST_FIRST + i] << 32 | (NEAREST_FIRST + i);
        }
        long[] sorted = others > 0 ? sort.sort(keys, others) : keys;
        for (int i = 0; i < others; i++) {
            order[NEAREST_FIRST + i] = (int) sorted[i];
        }
        return order;
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
