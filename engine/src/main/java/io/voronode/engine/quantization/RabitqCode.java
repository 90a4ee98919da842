package io.voronode.engine.quantization;

import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.NibbleTables;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The two codes of one vector: a scan code of one or two bits a coordinate ({@link ScanCode}), by which all vectors of a
 * cell are looked through, and a record, by which the estimate is refined for the few vectors that pass. A record is
 *
 * <ul>
 *   <li>a four-bit code, two coordinates a byte, as {@link io.voronode.engine.simd.CodeKernels} has it
 *   <li>[float32] addend and factor of the four-bit code, little-endian
 *   <li>[float32] addend and factor of the scan code: in a block they are rounded to a byte each, here they are exact, so
 *       that blocks can be made of codes again when segments merge
 * </ul>
 *
 * <p>Each estimates the squared distance as {@code addend + factor · ⟨x̄, q′⟩ + ‖q − c‖²}, where x̄ is the code centred
 * at zero, q′ the rotated query and c the centroid of the vector's cell. Mutable scratch, owned by whoever makes or copies
 * codes.
 */
public final class RabitqCode {

    /**
     * The addend of a vector whose arithmetic overflows: below any limit, and no estimate of its distance. Finite, so that the
     * scales of a block stay numbers.
     */
    public static final float NO_ESTIMATE = -1e38f;

    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] scan;
    private final byte[] record;

    /** For vectors under this rotation. */
    public RabitqCode(int coordinates) {
        this.scan = new byte[scanBytes(coordinates)];
        this.record = new byte[recordBytes(coordinates)];
    }

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

    /** Not a copy. */
    public byte[] scan() {
        return scan;
    }

    /** Not a copy. */
    public byte[] record() {
        return record;
    }

    /** The addend of the scan code. */
    public float scanAddend() {
        return (float) FLOAT.get(record, record.length - 2 * Float.BYTES);
    }

    /** The factor of the scan code. */
    public float scanFactor() {
        return (float) FLOAT.get(record, record.length - Float.BYTES);
    }

    void setFactors(Factors refined, Factors scanned) {
        int at = record.length - 4 * Float.BYTES;
        FLOAT.set(record, at, refined.addend());
        FLOAT.set(record, at + Float.BYTES, refined.factor());
        FLOAT.set(record, at + 2 * Float.BYTES, scanned.addend());
        FLOAT.set(record, at + 3 * Float.BYTES, scanned.factor());
    }
}
