package io.voronode.engine.simd;

import java.util.Arrays;

/** The plain twin of {@link PanamaTransformKernels}. */
public final class ScalarTransformKernels implements TransformKernels {

    @Override
    public void multiply(float[] x, float[] columns, float[] out) {
        Shapes.requireColumns(x, columns, out);
        Arrays.fill(out, 0);
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < out.length; j++) {
                out[j] = Math.fma(x[i], columns[i * out.length + j], out[j]);
            }
        }
    }

    @Override
    public void hadamard(float[] x, int from, int length) {
        Shapes.requireHadamard(x, from, length);
        for (int stride = 1; stride < length; stride *= 2) {
            for (int block = from; block < from + length; block += 2 * stride) {
                for (int i = block; i < block + stride; i++) {
                    float a = x[i];
                    float b = x[i + stride];
                    x[i] = a + b;
                    x[i + stride] = a - b;
                }
            }
        }
    }
}
