package io.voronode.engine.quantization;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codes of vectors, one after the other. With r the rotated vector minus its rotated centroid c′, a code x̄ is r
 * rounded to a grid around zero, whose step follows from ‖r‖: after a random rotation the coordinates of r are as good as
 * normally distributed, with variance ‖r‖²/n. {@link Factors} make estimates of it.
 *
 * <p>The scan code is of such a grid too, or, where there is one, of a {@link ProductQuantizer}, which codes residuals that are not
 * rotated: it has learned where they lie.
 *
 * <p>Vectors, centroids and queries are taken relative to an origin, the mean of all centroids: the part that all have in
 * common then costs the quantized query no precision. Owned by one thread.
 */
public final class RabitqEncoder {

    /** The step of the four-bit grid, in standard deviations of a coordinate: least error for a normal distribution. */
    static final double FOUR_BIT_STEP = 0.3352;

    private final Rotation rotation;
    private final ScanCode scanCode;
    private final @Nullable ProductQuantizer product;
    private final float[] origin;
    private final float[] shifted;
    private final float[] shiftedCentroid;
    private final float[] decoded;
    private final float[] centroid;
    private final float[] residual;

    /**
     * Borrows the origin.
     *
     * @param product makes the scan codes; null for RaBitQ's own
     */
    public RabitqEncoder(Rotation rotation, float[] origin, @Nullable ProductQuantizer product) {
        this.rotation = rotation;
        this.scanCode = ScanCode.of(rotation.dimension());
        this.product = product;
        this.origin = origin;
        this.shifted = new float[rotation.coordinates()];
        this.shiftedCentroid = new float[rotation.coordinates()];
        this.decoded = new float[rotation.coordinates()];
        this.centroid = new float[rotation.outputs()];
        this.residual = new float[rotation.outputs()];
    }

    /** The centroid that the next vectors are coded against. */
    public void setCentroid(float[] coordinates) {
        rotate(coordinates, centroid);
        System.arraycopy(shifted, 0, shiftedCentroid, 0, shifted.length);
    }

    private void rotate(float[] coordinates, float[] out) {
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] = coordinates[i] - origin[i];
        }
        rotation.apply(shifted, out);
    }

    /**
     * Codes a vector.
     *
     * @param lift added to every estimate of its squared distance
     */
    public void encode(float[] coordinates, float lift, VectorCode out) {
        rotate(coordinates, residual);
        double squares = 0;
        for (int i = 0; i < residual.length; i++) {
            residual[i] -= centroid[i];
            squares += (double) residual[i] * residual[i];
        }
        Factors scanned =
                product == null ? scan(squares, lift, out.scan()) : scanProduct(product, squares, lift, out.scan());
        RabitqCode.setFactors(out, refine(squares, lift, out.record()), scanned);
    }

    private Factors scanProduct(ProductQuantizer quantizer, double squares, float lift, byte[] code) {
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] -= shiftedCentroid[i];
        }
        quantizer.encode(shifted, perStep(squares, 1), code, decoded);
        double residualDot = 0;
        double centroidDot = 0;
        for (int i = 0; i < shifted.length; i++) {
            residualDot += (double) decoded[i] * shifted[i];
            centroidDot += (double) decoded[i] * shiftedCentroid[i];
        }
        return Factors.of(squares, residualDot, centroidDot, lift);
    }

    private Factors scan(double squares, float lift, byte[] code) {
        Arrays.fill(code, (byte) 0);
        int bits = scanCode.bits();
        int levels = 1 << bits;
        int perByte = Byte.SIZE / bits;
        float perStep = perStep(squares, scanCode.step());
        double residualDot = 0;
        double centroidDot = 0;
        for (int i = 0; i < rotation.dimension(); i++) {
            int level = level(residual[i] * perStep, levels);
            code[i / perByte] |= (byte) (level << (i % perByte * bits));
            float centred = level - (levels - 1) / 2f;
            residualDot += centred * residual[i];
            centroidDot += centred * centroid[i];
        }
        return Factors.of(squares, residualDot, centroidDot, lift);
    }

    private Factors refine(double squares, float lift, byte[] pairs) {
        int half = residual.length / 2;
        float perStep = perStep(squares, FOUR_BIT_STEP);
        double residualDot = 0;
        double centroidDot = 0;
        for (int i = 0; i < half; i++) {
            int low = level(residual[i] * perStep, 16);
            int high = level(residual[i + half] * perStep, 16);
            pairs[i] = (byte) (low | high << 4);
            residualDot += (low - 7.5f) * residual[i] + (high - 7.5f) * residual[i + half];
            centroidDot += (low - 7.5f) * centroid[i] + (high - 7.5f) * centroid[i + half];
        }
        return Factors.of(squares, residualDot, centroidDot, lift);
    }

    /** Steps of the grid per unit. */
    private float perStep(double squares, double step) {
        double deviation = Math.sqrt(squares / rotation.dimension());
        return deviation == 0 ? 0 : (float) (1 / (step * deviation));
    }

    private static int level(float steps, int levels) {
        return Math.clamp((int) Math.floor(steps) + levels / 2, 0, levels - 1);
    }
}
