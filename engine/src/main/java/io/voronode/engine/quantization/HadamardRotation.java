package io.voronode.engine.quantization;

import io.voronode.engine.simd.TransformKernels;
import java.util.Arrays;

/**
 * Four rounds of: random signs, a fast Walsh–Hadamard transform over the largest power of two that fits (at the front
 * and at the back in turn), and, where that leaves coordinates out, a rotation of the first half against the second by
 * 45° (Kac's walk, all pairs at once). O(n log n) for n coordinates.
 */
final class HadamardRotation extends Rotation {

    private static final int ROUNDS = 4;
    private static final float HALF_TURN = (float) Math.sqrt(0.5);

    /** ±1 for each round and coordinate; the scale of the transform goes with those it covers. */
    private final float[][] factors;

    private final int transformed;

    HadamardRotation(long seed, int coordinates) {
        super(coordinates);
        this.transformed = Integer.highestOneBit(outputs());
        this.factors = new float[ROUNDS][outputs()];
        SplitMix random = new SplitMix(seed);
        float scale = (float) (1 / Math.sqrt(transformed));
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < outputs(); i++) {
                boolean scaled = i >= start(round) && i < start(round) + transformed;
                factors[round][i] = (random.next() < 0 ? -1 : 1) * (scaled ? scale : 1);
            }
        }
    }

    private int start(int round) {
        return round % 2 == 0 ? 0 : outputs() - transformed;
    }

    @Override
    void rotate(float[] x, float[] out) {
        System.arraycopy(x, 0, out, 0, x.length);
        Arrays.fill(out, x.length, out.length, 0);
        for (int round = 0; round < ROUNDS; round++) {
            multiply(out, factors[round]);
            TransformKernels.best().hadamard(out, start(round), transformed);
            if (transformed < out.length) {
                turnHalves(out);
            }
        }
    }

    private static void multiply(float[] values, float[] by) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= by[i];
        }
    }

    private static void turnHalves(float[] values) {
        int half = values.length / 2;
        for (int i = 0; i < half; i++) {
            float a = values[i];
            float b = values[half + i];
            values[i] = (a + b) * HALF_TURN;
            values[half + i] = (a - b) * HALF_TURN;
        }
    }
}
