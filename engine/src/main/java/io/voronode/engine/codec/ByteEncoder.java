package io.voronode.engine.codec;

import io.voronode.engine.quantization.ByteCode;
import io.voronode.engine.quantization.VectorCode;

/** Codes vectors as they are stored, whatever their cell. */
final class ByteEncoder implements VectorEncoder {

    @Override
    public void beginCell(int cell) {}

    @Override
    public void encode(float[] vector, VectorCode out) {
        ByteCode.encode(vector, out);
    }
}
