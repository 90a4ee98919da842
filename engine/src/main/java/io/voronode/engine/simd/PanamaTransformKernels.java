package io.voronode.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The fast twin of {@link ScalarTransformKernels}; the rules of {@link PanamaKernels} hold here too. */
public final class PanamaTransformKernels implements TransformKernels {

    private static final VectorSpecies<Float> SPECIES = PanamaKernels.SPECIES;
    private static final int WIDTH = SPECIES.length();

    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final FloatVector SIGNS_1 = signs(1);
    private static final FloatVector SIGNS_2 = signs(2);
    private static final FloatVector SIGNS_4 = signs(4);
    private static final FloatVector SIGNS_8 = signs(8);

    /** Lane i takes lane {@code i ^ stride}. */
    private static VectorShuffle<Float> swap(int stride) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ stride) & (WIDTH - 1));
    }

    /** +1 for the lanes that a butterfly adds in, −1 for those that it subtracts. */
    private static FloatVector signs(int stride) {
        float[] signs = new float[WIDTH];
        for (int lane = 0; lane < WIDTH; lane++) {
            signs[lane] = (lane & stride) == 0 ? 1 : -1;
        }
        return FloatVector.fromArray(SPECIES, signs, 0);
    }

    @Override
    public void multiply(float[] x, float[] columns, float[] out) {
        Shapes.requireColumns(x, columns, out);
        for (int at = 0; at < out.length; at += 4 * WIDTH) {
            multiplyFour(x, columns, out, at);
        }
    }

    private static void multiplyFour(float[] x, float[] columns, float[] out, int at) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0, column = at; i < x.length; i++, column += out.length) {
            FloatVector factor = FloatVector.broadcast(SPECIES, x[i]);
            s0 = factor.fma(load(columns, column), s0);
            s1 = factor.fma(load(columns, column + WIDTH), s1);
            s2 = factor.fma(load(columns, column + 2 * WIDTH), s2);
            s3 = factor.fma(load(columns, column + 3 * WIDTH), s3);
        }
        s0.intoArray(out, at);
        s1.intoArray(out, at + WIDTH);
        s2.intoArray(out, at + 2 * WIDTH);
        s3.intoArray(out, at + 3 * WIDTH);
    }

    @Override
    public void hadamard(float[] x, int from, int length) {
        Shapes.requireHadamard(x, from, length);
        for (int i = from; i < from + length; i += WIDTH) {
            withinLanes(load(x, i)).intoArray(x, i);
        }
        for (int stride = WIDTH; stride < length; stride *= 2) {
            acrossVectors(x, from, length, stride);
        }
    }

    /** The butterflies of strides below the width. */
    private static FloatVector withinLanes(FloatVector x) {
        FloatVector result = butterfly(x, SWAP_1, SIGNS_1);
        result = butterfly(result, SWAP_2, SIGNS_2);
        if (WIDTH > 4) {
            result = butterfly(result, SWAP_4, SIGNS_4);
        }
        return WIDTH > 8 ? butterfly(result, SWAP_8, SIGNS_8) : result;
    }

    private static FloatVector butterfly(FloatVector x, VectorShuffle<Float> swap, FloatVector signs) {
        return x.fma(signs, x.rearrange(swap));
    }

    private static void acrossVectors(float[] x, int from, int length, int stride) {
        for (int block = from; block < from + length; block += 2 * stride) {
            for (int i = block; i < block + stride; i += WIDTH) {
                FloatVector a = load(x, i);
                FloatVector b = load(x, i + stride);
                a.add(b).intoArray(x, i);
                a.sub(b).intoArray(x, i + stride);
            }
        }
    }

    private static FloatVector load(float[] array, int offset) {
        return FloatVector.fromArray(SPECIES, array, offset);
    }
}
