package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a writer needs to know to lay out one field.
 *
 * @param cellMapDigest the map that the stamps refer to, empty without one
 * @param nearestCell the cell of a vector that came without a stamp
 * @param codes null for kinds without codes
 */
record CellLayout(
        IndexKind kind,
        Metric metric,
        int dimension,
        int cellCount,
        String cellMapDigest,
        ToIntFunction<float[]> nearestCell,
        @Nullable CodeLayout codes) {

    /** A map of one cell was not trained: its vectors are few, and a search of them is expected to be exact. */
    static CellLayout of(IndexKind kind, CellMap map) {
        return of(kind, map, map.cellCount() == 1 ? null : CodeLayout.of(kind, map, CodeLayout.MIN_VECTORS));
    }

    static CellLayout of(IndexKind kind, CellMap map, @Nullable CodeLayout codes) {
        if (!kind.supports(map.metric())) {
            throw new IllegalArgumentException("index kind " + kind + " does not support metric " + map.metric());
        }
        return new CellLayout(
                kind, map.metric(), map.dimension(), map.cellCount(), map.digest(), map::nearestCell, codes);
    }

    /** Everything in cell 0. */
    static CellLayout withoutMap(IndexKind kind, Metric metric, int dimension) {
        return new CellLayout(kind, metric, dimension, 1, "", vector -> 0, null);
    }

    boolean hasPostings() {
        return kind.hasPostings();
    }

    /** How to make the codes of a segment with so many vectors; null if it gets none. */
    @Nullable
    CodeLayout codesFor(int vectorCount) {
        return codes != null && vectorCount > 0 && vectorCount >= codes.minVectors() ? codes : null;
    }

    /** The cell to record for a vector that is added now. */
    int stamp(float[] vector) {
        int hinted = CellHint.current();
        if (hinted == CellHint.NONE) {
            return nearestCell.applyAsInt(vector);
        }
        if (hinted >= cellCount) {
            throw new IllegalArgumentException("stamped cell " + hinted + " of a map with " + cellCount + " cells");
        }
        return hinted;
    }
}
