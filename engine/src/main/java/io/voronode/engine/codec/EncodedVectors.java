package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.RabitqEncoder;
import java.io.IOException;

/** Codes made from vectors. Owned by one writer. */
final class EncodedVectors implements CodeSource {

    private final CellMap map;
    private final CellSpace space;
    private final RabitqEncoder encoder;
    private final Vectors vectors;
    private final float[] centroid;

    /** A vector by its ordinal in the segment being written; may be overwritten by the next call. */
    interface Vectors {
        float[] get(int ordinal) throws IOException;
    }

    EncodedVectors(CodeLayout layout, Vectors vectors) {
        this.map = layout.map();
        this.space = map.space();
        this.encoder = layout.encoder();
        this.vectors = vectors;
        this.centroid = new float[space.coordinates()];
    }

    @Override
    public void beginCell(int cell) {
        map.copyCentroid(cell, centroid);
        encoder.setCentroid(centroid);
    }

    @Override
    public void read(int ordinal, RabitqCode out) throws IOException {
        float[] vector = vectors.get(ordinal);
        encoder.encode(space.ofStored(vector), space.lift(vector), out);
    }
}
