package io.voronode.engine.codec;

import io.voronode.engine.quantization.VectorCode;
import java.io.IOException;

/** Codes made from vectors. Owned by one writer. */
final class EncodedVectors implements CodeSource {

    private final VectorEncoder encoder;
    private final Vectors vectors;

    /** A vector by its ordinal in the segment being written; may be overwritten by the next call. */
    interface Vectors {
        float[] get(int ordinal) throws IOException;
    }

    EncodedVectors(VectorEncoder encoder, Vectors vectors) {
        this.encoder = encoder;
        this.vectors = vectors;
    }

    @Override
    public void beginCell(int cell) {
        encoder.beginCell(cell);
    }

    @Override
    public void read(int ordinal, VectorCode out) throws IOException {
        encoder.encode(vectors.get(ordinal), out);
    }
}
