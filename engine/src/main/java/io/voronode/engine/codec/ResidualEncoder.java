package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.RabitqEncoder;
import io.voronode.engine.quantization.VectorCode;

/** Codes vectors in the space of the cells, relative to the centroid of their cell. */
final class ResidualEncoder implements VectorEncoder {

    private final CellMap map;
    private final CellSpace space;
    private final RabitqEncoder encoder;
    private final float[] centroid;

    ResidualEncoder(CellMap map, RabitqEncoder encoder) {
        this.map = map;
        this.space = map.space();
        this.encoder = encoder;
        this.centroid = new float[space.coordinates()];
    }

    @Override
    public void beginCell(int cell) {
        map.copyCentroid(cell, centroid);
        encoder.setCentroid(centroid);
    }

    @Override
    public void encode(float[] vector, VectorCode out) {
        encoder.encode(space.ofStored(vector), space.lift(vector), out);
    }
}
