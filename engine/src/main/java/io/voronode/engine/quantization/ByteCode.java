package io.voronode.engine.quantization;

/**
 * A vector in a byte a coordinate. Every vector has a grid of its own, of 256 steps from its least to its greatest
 * coordinate, so that nothing is trained and no vector is outside. There is no scan code, and the record is
 *
 * <ul>
 *   <li>[int8] × dimension: b, by which a coordinate is {@code middle + step · b}, rounded to half a step
 *   <li>[float32] step, middle, and ‖x‖² of the vector itself, little-endian
 * </ul>
 *
 * <p>A vector whose range overflows has a step that is no number, and so have the estimates of its distance.
 */
public final class ByteCode {

    /** A coordinate's error is spread evenly over a step: its standard deviation, in steps. */
    public static final double ERROR = 1 / Math.sqrt(12);

    private static final int STEPS = 255;
    private static final int LEAST = Byte.MIN_VALUE;

    private ByteCode() {}

    public static int recordBytes(int dimension) {
        return dimension + 3 * Float.BYTES;
    }

    /** Where step, middle and ‖x‖² begin in a record. */
    public static int factorsAt(int dimension) {
        return dimension;
    }

    public static void encode(float[] vector, VectorCode out) {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        double squares = 0;
        for (float x : vector) {
            least = Math.min(least, x);
            greatest = Math.max(greatest, x);
            squares += (double) x * x;
        }
        float step = (greatest - least) / STEPS;
        for (int i = 0; i < vector.length; i++) {
            int steps = step == 0 ? 0 : Math.clamp(Math.round((vector[i] - least) / step), 0, STEPS);
            out.record()[i] = (byte) (steps + LEAST);
        }
        float usable = Float.isFinite(step) ? step : Float.NaN;
        out.setLast(usable, least - LEAST * usable, (float) squares);
    }
}
