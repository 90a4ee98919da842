package io.voronode.engine.quantization;

/**
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), written out because the generators of the JDK may change between
 * versions, and with them every rotation. Owned by one caller.
 */
final class SplitMix {

    private static final double TO_UNIT = 0x1.0p-53;

    private long state;

    SplitMix(long seed) {
        this.state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** From the standard normal distribution, by Box and Muller. */
    double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(unit()));
        return radius * StrictMath.cos(2 * Math.PI * unit());
    }

    /** In (0, 1]. */
    private double unit() {
        return ((next() >>> 11) + 1) * TO_UNIT;
    }
}
