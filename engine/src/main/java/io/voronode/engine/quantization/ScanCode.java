package io.voronode.engine.quantization;

/**
 * The grid of scan codes: how many bits a coordinate gets, and what follows from that. Short vectors get two, because the error of an
 * estimate falls with the root of the dimension, and at a hundred coordinates one bit lets too many vectors pass; long ones have
 * enough with one, and their codes are most of what a scan reads.
 */
public enum ScanCode {
    /** ∓½: a sign, for which any step does. */
    ONE_BIT(1, 1, 0.3014),
    /** −1½, −½, ½ and 1½ times the step. */
    TWO_BITS(2, 0.9957, 0.3250);

    private static final int MAX_TWO_BITS = 256;

    private final int bits;
    private final double step;
    private final double error;

    ScanCode(int bits, double step, double error) {
        this.bits = bits;
        this.step = step;
        this.error = error;
    }

    /** The grid for rotated vectors of this dimension. */
    public static ScanCode of(int dimension) {
        return dimension <= MAX_TWO_BITS ? TWO_BITS : ONE_BIT;
    }

    public int bits() {
        return bits;
    }

    /** The step in standard deviations of a coordinate; of least error for a normal distribution. */
    double step() {
        return step;
    }

    /** The part of a code that is across its vector, per root of the dimension: for a normal distribution. */
    double error() {
        return error;
    }
}
