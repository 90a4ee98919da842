package io.voronode.engine.clustering;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The encoding of a {@link ProbeCalibration}, little-endian, fields in this order:
 *
 * <ul>
 *   <li>[int32] magic 0x43504E56 ("VNPC")
 *   <li>[int32] version, 1. A reader refuses any other.
 *   <li>[byte] × 32: SHA-256 of the cell map that was calibrated
 *   <li>[float32] exponent of the rules
 *   <li>[int32] number of curves, at least 1; then for each, by ascending k:
 *       <ul>
 *         <li>[int32] k
 *         <li>[int32] queries
 *         <li>[int32] points, n ≥ 1
 *         <li>[float32] × n: mean recall at effort 2<sup>i/8</sup>
 *         <li>[float32] × n: standard error of that mean
 *         <li>[float32] × n: mean number of cells scanned
 *       </ul>
 *   <li>[int32] CRC-32C of all bytes before it
 * </ul>
 */
final class ProbeCalibrationFormat {

    static final int MAGIC = 0x43504E56;
    static final int VERSION = 1;
    private static final int DIGEST_BYTES = 32;
    private static final int HEADER_BYTES = 2 * Integer.BYTES + DIGEST_BYTES + Float.BYTES + Integer.BYTES;
    private static final int CURVE_HEADER_BYTES = 3 * Integer.BYTES;

    private ProbeCalibrationFormat() {}

    static byte[] encode(ProbeCalibration calibration) {
        ByteBuffer out = ByteBuffer.allocate(size(calibration)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION);
        out.put(HexFormat.of().parseHex(calibration.cellMapDigest()));
        out.putFloat(calibration.exponent());
        out.putInt(calibration.curves().size());
        for (RecallCurve curve : calibration.curves()) {
            out.putInt(curve.k()).putInt(curve.queries()).putInt(curve.recalls().length);
            put(out, curve.recalls());
            put(out, curve.errors());
            put(out, curve.probes());
        }
        out.putInt(checksum(out.array(), out.position()));
        return out.array();
    }

    static ProbeCalibration decode(byte[] bytes) {
        requireIntact(bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        in.position(2 * Integer.BYTES);
        try {
            return read(in);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            // The checksum held, so a writer with a fault made these bytes.
            CorruptCalibrationException corrupt =
                    new CorruptCalibrationException("calibration is malformed: " + e.getMessage());
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    /** Magic and version before the checksum: a later version may end differently. */
    private static void requireIntact(byte[] bytes) {
        if (bytes.length < HEADER_BYTES + Integer.BYTES) {
            throw new CorruptCalibrationException("calibration of " + bytes.length + " bytes is cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new CorruptCalibrationException("not a calibration: magic " + Integer.toHexString(magic));
        }
        int version = in.getInt();
        if (version != VERSION) {
            throw new CorruptCalibrationException(
                    "calibration of version " + version + ", this reader knows " + VERSION);
        }
        int stored = in.getInt(bytes.length - Integer.BYTES);
        int computed = checksum(bytes, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw new CorruptCalibrationException("calibration checksum " + Integer.toHexString(computed) + " != "
                    + Integer.toHexString(stored) + " stored");
        }
    }

    private static ProbeCalibration read(ByteBuffer in) {
        byte[] digest = new byte[DIGEST_BYTES];
        in.get(digest);
        float exponent = in.getFloat();
        int count = in.getInt();
        List<RecallCurve> curves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            curves.add(curve(in));
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes after the last curve");
        }
        return new ProbeCalibration(HexFormat.of().formatHex(digest), exponent, curves);
    }

    private static RecallCurve curve(ByteBuffer in) {
        int k = in.getInt();
        int queries = in.getInt();
        int points = in.getInt();
        if (points < 1 || points > in.remaining() / (3 * Float.BYTES)) {
            throw new IllegalArgumentException(points + " points in " + in.remaining() + " bytes");
        }
        return new RecallCurve(k, queries, floats(in, points), floats(in, points), floats(in, points));
    }

    private static float[] floats(ByteBuffer in, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getFloat();
        }
        return values;
    }

    private static void put(ByteBuffer out, float[] values) {
        for (float value : values) {
            out.putFloat(value);
        }
    }

    private static int size(ProbeCalibration calibration) {
        int bytes = HEADER_BYTES + Integer.BYTES;
        for (RecallCurve curve : calibration.curves()) {
            bytes += CURVE_HEADER_BYTES + 3 * Float.BYTES * curve.recalls().length;
        }
        return bytes;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
