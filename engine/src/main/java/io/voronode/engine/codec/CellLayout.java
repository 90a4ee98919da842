package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import java.util.function.ToIntFunction;

/**
 * What a writer needs to know to lay out one field.
 *
 * @param cellMapDigest the map that the stamps refer to, empty without one
 * @param nearestCell the cell of a vector that came without a stamp
 */
record CellLayout(
        IndexKind kind,
        Metric metric,
        int dimension,
        int cellCount,
        String cellMapDigest,
        ToIntFunction<float[]> nearestCell) {

    static CellLayout of(IndexKind kind, CellMap map) {
        return new CellLayout(kind, map.metric(), map.dimension(), map.cellCount(), map.digest(), map::nearestCell);
    }

    /** Everything in cell 0. */
    static CellLayout withoutMap(IndexKind kind, Metric metric, int dimension) {
        return new CellLayout(kind, metric, dimension, 1, "", vector -> 0);
    }

    boolean hasPostings() {
        return kind == IndexKind.IVF_FLAT;
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
