package io.voronode.engine.codec;

import io.voronode.engine.quantization.VectorCode;

/** Makes the codes of vectors, cell by cell. Owned by one writer. */
interface VectorEncoder {

    /** The next vectors are of this cell. */
    void beginCell(int cell);

    void encode(float[] vector, VectorCode out);
}
