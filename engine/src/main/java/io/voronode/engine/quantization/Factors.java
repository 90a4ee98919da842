package io.voronode.engine.quantization;

/**
 * What makes an estimate of a code's inner product. From ‖r‖² + ‖q−c‖² − 2⟨r, q−c⟩ with ⟨r, q−c⟩ estimated by
 * (‖r‖²/⟨r,x̄⟩)·⟨x̄, q−c⟩, which is unbiased:
 *
 * <pre>
 * factor = −2‖r‖²/⟨r,x̄⟩        addend = ‖r‖² + 2‖r‖²·⟨c′,x̄⟩/⟨r,x̄⟩
 * </pre>
 */
record Factors(float addend, float factor) {

    /** A vector whose arithmetic overflows is never left out by its estimate. */
    private static final Factors NEAREST = new Factors(RabitqCode.NO_ESTIMATE, 0);

    /**
     * The factors of one code.
     *
     * @param squares ‖r‖²
     * @param residualDot ⟨r, x̄⟩
     * @param centroidDot ⟨c′, x̄⟩
     * @param lift added to the addend
     */
    static Factors of(double squares, double residualDot, double centroidDot, double lift) {
        if (residualDot == 0) {
            return finite(squares + lift, 0);
        }
        double perProduct = 2 * squares / residualDot;
        return finite(squares + perProduct * centroidDot + lift, -perProduct);
    }

    private static Factors finite(double addend, double factor) {
        boolean finite = Math.abs(addend) < 1e38 && Math.abs(factor) < 1e38;
        return finite ? new Factors((float) addend, (float) factor) : NEAREST;
    }
}
