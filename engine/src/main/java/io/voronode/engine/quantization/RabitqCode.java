package io.voronode.engine.quantization;

import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.NibbleTables;

/**
 * The two codes that RaBitQ makes of a vector: a scan code of one or two bits a coordinate ({@link ScanCode}), by which all
 * vectors of a cell are looked through, and a record, by which the estimate is refined for the few vectors that pass. With {@link
 * ProductQuantizer} another scan code takes the place of the first. A record is
 *
 * <ul>
 *   <li>a four-bit code, two coordinates a byte, as {@link io.voronode.engine.simd.CodeKernels} has it
 *   <li>[float32] addend and factor of the four-bit code, little-endian
 *   <li>[float32] addend and factor of the scan code: in a block they are rounded to a byte each, here they are exact, so
 *       that blocks can be made of codes again when segments merge
 * </ul>
 *
 * <p>Each estimates the squared distance as {@code addend + factor · ⟨x̄, q′⟩ + ‖q − c‖²}, where x̄ is the code centred
 * at zero, q′ the rotated query and c the centroid of the vector's cell.
 */
public final class RabitqCode {

    /**
     * The addend of a vector whose arithmetic overflows: below any limit, and no estimate of its distance. Finite, so that the
     * scales of a block stay numbers.
     */
    public static final float NO_ESTIMATE = -1e38f;

    private RabitqCode() {}

    /** Bytes of the scan code of a vector of so many coordinates. */
    public static int scanBytes(int coordinates) {
        int dimension = Rotation.dimension(coordinates);
        return NibbleTables.rows(dimension, ScanCode.of(dimension).bits());
    }

    /** Bytes that a scan reads for each vector of a full block: code, factors and the scales of the factors. */
    public static double blockBytesPerVector(int coordinates) {
        return (double) CodeKernels.blockBytes(scanBytes(coordinates)) / CodeKernels.LANES;
    }

    /** Bytes of the record of a vector of so many coordinates. */
    public static int recordBytes(int coordinates) {
        return factorsAt(coordinates) + 4 * Float.BYTES;
    }

    /** Where the factors begin in a record. */
    public static int factorsAt(int coordinates) {
        return Rotation.outputs(coordinates) / 2;
    }

    /** The addend of the scan code. */
    public static float scanAddend(VectorCode code) {
        return code.fromEnd(2);
    }

    /** The factor of the scan code. */
    public static float scanFactor(VectorCode code) {
        return code.fromEnd(1);
    }

    static void setFactors(VectorCode code, Factors refined, Factors scanned) {
        code.setLast(refined.addend(), refined.factor(), scanned.addend(), scanned.factor());
    }
}
