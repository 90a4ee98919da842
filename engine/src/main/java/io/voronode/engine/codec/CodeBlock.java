package io.voronode.engine.codec;

import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.VectorCode;
import io.voronode.engine.simd.CodeKernels;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.IndexOutput;

/**
 * Scan codes of up to {@link CodeKernels#LANES} vectors, side by side as {@link CodeKernels} reads them. Addends are rounded
 * down to their byte, so that a lower bound stays one; factors to the nearest, which is off by less than the codes' own
 * error. Owned by one writer.
 */
final class CodeBlock {

    private static final int STEPS = 255;

    private final int scanBytes;
    private final byte[] bytes;
    private final float[] addends = new float[CodeKernels.LANES];
    private final float[] factors = new float[CodeKernels.LANES];
    private int count;

    CodeBlock(int scanBytes) {
        this.scanBytes = scanBytes;
        this.bytes = new byte[CodeKernels.blockBytes(scanBytes) - CodeKernels.HEADER_BYTES];
    }

    void add(VectorCode code) {
        int lane = CodeKernels.lane(count);
        for (int row = 0; row < scanBytes; row++) {
            bytes[row * CodeKernels.LANES + lane] = code.scan()[row];
        }
        addends[count] = RabitqCode.scanAddend(code);
        factors[count++] = RabitqCode.scanFactor(code);
    }

    boolean isFull() {
        return count == CodeKernels.LANES;
    }

    /** Writes what was added, and empties it. */
    void write(IndexOutput out) throws IOException {
        float leastAddend = least(addends);
        float addendStep = step(addends, leastAddend);
        float leastFactor = least(factors);
        float factorStep = step(factors, leastFactor);
        for (int vector = 0; vector < count; vector++) {
            int at = scanBytes * CodeKernels.LANES + CodeKernels.lane(vector);
            bytes[at] = (byte) roundedDown(addends[vector], leastAddend, addendStep);
            bytes[at + CodeKernels.LANES] = (byte) rounded(factors[vector], leastFactor, factorStep);
        }
        out.writeBytes(bytes, bytes.length);
        writeHeader(out, leastAddend, addendStep, leastFactor, factorStep);
        Arrays.fill(bytes, (byte) 0);
        count = 0;
    }

    private static void writeHeader(IndexOutput out, float... scales) throws IOException {
        for (float scale : scales) {
            out.writeInt(Float.floatToRawIntBits(scale));
        }
        for (int at = scales.length * Float.BYTES; at < CodeKernels.HEADER_BYTES; at += Integer.BYTES) {
            out.writeInt(0);
        }
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
