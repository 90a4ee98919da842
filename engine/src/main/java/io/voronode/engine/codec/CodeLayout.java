package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqEncoder;
import io.voronode.engine.quantization.Rotation;

/**
 * What a writer needs to know to make the codes of one field. Immutable.
 *
 * @param map whose centroids the codes are relative to
 * @param minVectors segments with fewer vectors get no codes: scanning those exactly costs less than opening codes
 */
record CodeLayout(CellMap map, int minVectors) {

    /** Three cells' worth of records, as cells are trained. */
    static final int MIN_VECTORS = 768;

    RabitqEncoder encoder() {
        return new RabitqEncoder(Rotation.of(map.rotationSeed(), map.space().coordinates()), map.mean());
    }

    RabitqCode code() {
        return new RabitqCode(map.space().coordinates());
    }

    CodesMeta meta(long blocksOffset, long recordsOffset) {
        return new CodesMeta(map.space(), map.rotationSeed(), map.mean(), blocksOffset, recordsOffset);
    }
}
