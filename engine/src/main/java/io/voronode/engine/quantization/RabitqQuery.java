package io.voronode.engine.quantization;

import io.voronode.engine.simd.NibbleTables;
import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One query as codes of one origin and rotation see it: rotated, and as tables for scan codes. The same for all cells,
 * since a code's factors already hold what depends on its centroid. Owned by one search at a time, which sets it anew for
 * every query.
 *
 * <p>An estimate is off by a normally distributed error of standard deviation σ = κ·|factor|·‖q−c‖. By the papers' formula κ
 * is {@code √((‖x̄‖² − ⟨r,x̄⟩²/‖r‖²)/(n−1))} and differs from code to code; after a random rotation it is the same for all
 * within a few percent, so it is a constant here and no index stores it.
 */
public final class RabitqQuery {

    /** For a normally distributed vector in steps of 0.3352 deviations, cut at ±7½. */
    private static final double FOUR_BIT_ERROR = 0.3187;

    private final Rotation rotation;
    private final @Nullable ProductQuantizer product;
    private final float[] origin;
    private final float[] products;
    private final float[] shifted;
    private final float[] rotated;
    private final float[] ones;
    private final NibbleTables tables;
    private final double scanError;
    private final double fourBitError;
    private float fourBitCentre;

    /**
     * Borrows the origin.
     *
     * @param product that the scan codes are of; null for RaBitQ's own
     */
    public RabitqQuery(Rotation rotation, float[] origin, @Nullable ProductQuantizer product) {
        ScanCode scanCode = ScanCode.of(rotation.dimension());
        this.rotation = rotation;
        this.product = product;
        this.products = new float[product == null ? 0 : product.groups() * ProductQuantizer.CODEWORDS];
        this.origin = origin;
        this.shifted = new float[rotation.coordinates()];
        this.rotated = new float[rotation.outputs()];
        this.ones = new float[rotation.outputs()];
        Arrays.fill(ones, 1);
        this.tables = product == null
                ? NibbleTables.ofGrid(rotation.dimension(), scanCode.bits())
                : NibbleTables.ofCodewords(ProductQuantizer.rows(product.coordinates()));
        double perCoordinate = Math.sqrt(rotation.dimension() / Math.max(1, rotation.dimension() - 1.0));
        this.scanError = (product == null ? scanCode.error() : product.error()) * perCoordinate;
        this.fourBitError = FOUR_BIT_ERROR * perCoordinate;
    }

    /** Takes another query; borrows it for the call. */
    public void set(float[] coordinates) {
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] = coordinates[i] - origin[i];
        }
        rotation.apply(shifted, rotated);
        if (product == null) {
            tables.set(rotated);
        } else {
            product.products(shifted, products);
            tables.setProducts(products);
        }
        fourBitCentre = -7.5f * VectorKernels.best().dot(rotated, ones);
    }

    /** The query for the kernel that scans. */
    public NibbleTables tables() {
        return tables;
    }

    /** The rotated query; borrowed, for the kernel of four-bit codes. */
    public float[] rotated() {
        return rotated;
    }

    /**
     * What to add to the scaled sum of a scan code's table entries so that the estimate becomes a lower bound, missed
     * with probability Φ(−ε): ε·κ·‖q−c‖ beside the tables' base, since factors are negative.
     *
     * @param centroidDistance ‖q−c‖
     */
    public float scanShift(float centroidDistance, float epsilon) {
        return tables.base() + (float) (epsilon * scanError) * centroidDistance;
    }

    /** What to add to ⟨four-bit code, query⟩ for the estimate itself. */
    public float fourBitShift() {
        return fourBitCentre;
    }

    /** What to add to ⟨four-bit code, query⟩ beyond {@link #fourBitShift} for the lower bound. */
    public float fourBitMargin(float centroidDistance, float epsilon) {
        return (float) (epsilon * fourBitError) * centroidDistance;
    }
}
