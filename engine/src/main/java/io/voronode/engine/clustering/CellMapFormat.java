package io.voronode.engine.clustering;

import io.voronode.engine.simd.Metric;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The encoding of a {@link CellMap}, little-endian, fields in this order:
 *
 * <ul>
 *   <li>[int32] magic 0x4D434E56 ("VNCM")
 *   <li>[int32] version, 1. A reader refuses any other.
 *   <li>[int32] metric, its wire number
 *   <li>[int32] dimension of the vectors
 *   <li>[float32] M, the longest norm of the training sample; 0 unless the metric is DOT
 *   <li>[int64] rotation seed
 *   <li>[float32] imbalance over the training sample
 *   <li>[int32] cell count, n ≥ 1
 *   <li>[int32] × n: shard of each cell; every number below the highest occurs
 *   <li>[float32] × n × c: centroids, row by row; c = dimension, one more for DOT
 *   <li>[int32] CRC-32C of all bytes before it
 * </ul>
 *
 * <p>The bytes are a function of the fields alone, so the SHA-256 of them names the map.
 */
final class CellMapFormat {

    static final int MAGIC = 0x4D434E56;
    static final int VERSION = 1;
    private static final int HEADER_BYTES = 4 * Integer.BYTES + Float.BYTES + Long.BYTES + Float.BYTES + Integer.BYTES;

    private CellMapFormat() {}

    static byte[] encode(CellMap map) {
        CellSpace space = map.space();
        ByteBuffer out = ByteBuffer.allocate(size(map.cellCount(), space.coordinates()));
        out.order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION).putInt(space.metric().wireNumber()).putInt(space.dimension());
        out.putFloat(space.maxNorm()).putLong(map.rotationSeed()).putFloat(map.imbalance());
        out.putInt(map.cellCount());
        for (int cell = 0; cell < map.cellCount(); cell++) {
            out.putInt(map.shardOf(cell));
        }
        for (int cell = 0; cell < map.cellCount(); cell++) {
            for (float x : map.centroid(cell)) {
                out.putFloat(x);
            }
        }
        out.putInt(checksum(out.array(), out.position()));
        return out.array();
    }

    static CellMap decode(byte[] bytes) {
        requireIntact(bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        in.position(2 * Integer.BYTES);
        try {
            return read(in);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            // The checksum held, so a writer with a fault made these bytes.
            CorruptCellMapException corrupt = new CorruptCellMapException("cell map is malformed: " + e.getMessage());
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    static String digest(byte[] encoded) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Magic and version before the checksum: a later version may end differently. */
    private static void requireIntact(byte[] bytes) {
        if (bytes.length < HEADER_BYTES + Integer.BYTES) {
            throw new CorruptCellMapException("cell map of " + bytes.length + " bytes is cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new CorruptCellMapException("not a cell map: magic " + Integer.toHexString(magic));
        }
        int version = in.getInt();
        if (version != VERSION) {
            throw new CorruptCellMapException("cell map of version " + version + ", this reader knows " + VERSION);
        }
        int stored = in.getInt(bytes.length - Integer.BYTES);
        int computed = checksum(bytes, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw new CorruptCellMapException("cell map checksum " + Integer.toHexString(computed) + " != "
                    + Integer.toHexString(stored) + " stored");
        }
    }

    private static CellMap read(ByteBuffer in) {
        Metric metric = Metric.ofWireNumber(in.getInt());
        int dimension = in.getInt();
        CellSpace space = new CellSpace(metric, dimension, in.getFloat());
        long rotationSeed = in.getLong();
        float imbalance = in.getFloat();
        int cellCount = in.getInt();
        if (cellCount < 1 || in.limit() != size(cellCount, space.coordinates())) {
            throw new IllegalArgumentException(
                    cellCount + " cells of dimension " + dimension + " in " + in.limit() + " bytes");
        }
        int[] shards = new int[cellCount];
        for (int cell = 0; cell < cellCount; cell++) {
            shards[cell] = in.getInt();
            if (shards[cell] < 0 || shards[cell] >= cellCount) {
                throw new IllegalArgumentException("cell " + cell + " in shard " + shards[cell]);
            }
        }
        float[][] centroids = new float[cellCount][space.coordinates()];
        for (float[] centroid : centroids) {
            for (int d = 0; d < centroid.length; d++) {
                centroid[d] = in.getFloat();
            }
        }
        return new CellMap(space, rotationSeed, imbalance, centroids, shards);
    }

    /** Bytes of an encoding; −1 (so nothing matches) when no array can hold it. */
    private static int size(int cellCount, int coordinates) {
        long bytes = HEADER_BYTES + (long) cellCount * Integer.BYTES * (1L + coordinates) + Integer.BYTES;
        return bytes > Integer.MAX_VALUE ? -1 : (int) bytes;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
