package io.voronode.engine.quantization;

import io.voronode.engine.simd.CodeKernels;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Scan codes of up to {@link CodeKernels#LANES} vectors, side by side as {@link CodeKernels} reads them. Addends are rounded
 * down to their byte, so that a lower bound stays one; factors to the nearest, which is off by less than the codes' own
 * error. One outlier among them makes the addends of the whole block say nothing, so that all its vectors are looked at more closely. Owned by
 * one writer.
 */
public final class CodeBlock {

    private static final int STEPS = 255;

    /** A factor so many times as large as the median. */
    private static final float OUTLIER = 8;

    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private final int scanBytes;
    private final byte[] bytes;
    private final float[] addends = new float[CodeKernels.LANES];
    private final float[] factors = new float[CodeKernels.LANES];
    private final float[] magnitudes = new float[CodeKernels.LANES];
    private int count;

    public CodeBlock(int scanBytes) {
        this.scanBytes = scanBytes;
        this.bytes = new byte[CodeKernels.blockBytes(scanBytes)];
    }

    /** Empties it. */
    public void clear() {
        Arrays.fill(bytes, (byte) 0);
        count = 0;
    }

    public void add(VectorCode code) {
        int lane = CodeKernels.lane(count);
        for (int row = 0; row < scanBytes; row++) {
            bytes[row * CodeKernels.LANES + lane] = code.scan()[row];
        }
        addends[count] = RabitqCode.scanAddend(code);
        factors[count++] = RabitqCode.scanFactor(code);
    }

    public boolean isFull() {
        return count == CodeKernels.LANES;
    }

    /** The block with what was added, at least one code; borrowed until it is cleared. */
    public byte[] bytes() {
        passOutliers();
        float leastAddend = least(addends);
        float addendStep = step(addends, leastAddend);
        float leastFactor = least(factors);
        float factorStep = step(factors, leastFactor);
        for (int vector = 0; vector < count; vector++) {
            int at = scanBytes * CodeKernels.LANES + CodeKernels.lane(vector);
            bytes[at] = (byte) roundedDown(addends[vector], leastAddend, addendStep);
            bytes[at + CodeKernels.LANES] = (byte) rounded(factors[vector], leastFactor, factorStep);
        }
        int header = bytes.length - CodeKernels.HEADER_BYTES;
        FLOAT.set(bytes, header, leastAddend);
        FLOAT.set(bytes, header + Float.BYTES, addendStep);
        FLOAT.set(bytes, header + 2 * Float.BYTES, leastFactor);
        FLOAT.set(bytes, header + 3 * Float.BYTES, factorStep);
        return bytes;
    }

    /** A factor far beyond the others would make steps of which theirs are a few: its vector is always looked at more closely instead. */
    private void passOutliers() {
        for (int i = 0; i < count; i++) {
            magnitudes[i] = Math.abs(factors[i]);
        }
        float usual = medianAboveZero(magnitudes, count);
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(factors[i]) <= OUTLIER * usual)) {
                addends[i] = RabitqCode.NO_ESTIMATE;
                factors[i] = -usual;
            }
        }
    }

    /** Zero where nothing is above. Factors of vectors that equal their centroid are zero, and no scale for others. */
    private static float medianAboveZero(float[] values, int count) {
        Arrays.sort(values, 0, count);
        int zeros = 0;
        while (zeros < count && values[zeros] == 0) {
            zeros++;
        }
        return zeros == count ? 0 : values[(zeros + count) / 2];
    }

    private float least(float[] values) {
        float least = values[0];
        for (int i = 1; i < count; i++) {
            least = Math.min(least, values[i]);
        }
        return least;
    }

    private float step(float[] values, float least) {
        float greatest = least;
        for (int i = 0; i < count; i++) {
            greatest = Math.max(greatest, values[i]);
        }
        return (greatest - least) / STEPS;
    }

    private static int rounded(float value, float least, float step) {
        return step == 0 ? 0 : Math.min(STEPS, Math.round((value - least) / step));
    }

    /** The largest number of steps that does not go beyond the value, in the arithmetic of the kernels. */
    private static int roundedDown(float value, float least, float step) {
        int steps = rounded(value, least, step);
        while (steps > 0 && Math.fma(steps, step, least) > value) {
            steps--;
        }
        return steps;
    }
}
