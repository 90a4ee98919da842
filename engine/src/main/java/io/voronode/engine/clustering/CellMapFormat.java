package io.voronode.engine.clustering;

import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.simd.Metric;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of a {@link CellMap}, little-endian, fields in this order:
 *
 * <ul>
 *   <li>[int32] magic 0x4D434E56 ("VNCM")
 *   <li>[int32] version: 3 with a product quantizer; else 2 if cells have parents, 1 if not. A reader refuses any other.
 *   <li>[int32] metric, its wire number
 *   <li>[int32] dimension of the vectors
 *   <li>[float32] M, the longest norm of the training sample; 0 unless the metric is DOT
 *   <li>[int64] rotation seed
 *   <li>[float32] imbalance over the training sample
 *   <li>[int32] cell count, n ≥ 1
 *   <li>[int32] × n: shard of each cell; every number below the highest occurs
 *   <li>[float32] × n × c: centroids, row by row; c = dimension, one more for DOT
 *   <li>version 2 and 3: the parents, that is
 *       <ul>
 *         <li>[int32] parent count, p ≥ 1; in version 3 it may be 0, and then nothing more of parents follows
 *         <li>[int32] × n: parent of each cell; every number below p occurs
 *         <li>[float32] × p × c: centroids of the parents, row by row
 *         <li>[int32] parents to look into for the nearest cell, 1 to p
 *       </ul>
 *   <li>version 3: the product quantizer, that is
 *       <ul>
 *         <li>[float32] the error of its codes, see {@link ProductQuantizer#error}
 *         <li>[float32] × {@link ProductQuantizer#floats}: its codewords
 *       </ul>
 *   <li>[int32] CRC-32C of all bytes before it
 * </ul>
 *
 * <p>The bytes are a function of the fields alone, so the SHA-256 of them names the map.
 */
final class CellMapFormat {

    static final int MAGIC = 0x4D434E56;
    /** One level of cells: written for few of them, so that their maps keep their names. */
    static final int FLAT = 1;

    static final int WITH_PARENTS = 2;
    static final int WITH_PRODUCT = 3;
    private static final int HEADER_BYTES = 4 * Integer.BYTES + Float.BYTES + Long.BYTES + Float.BYTES + Integer.BYTES;

    private CellMapFormat() {}

    static byte[] encode(CellMap map) {
        CellSpace space = map.space();
        ParentCells parents = map.parents();
        ProductQuantizer product = map.product();
        ByteBuffer out = ByteBuffer.allocate(size(map)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(version(map));
        out.putInt(space.metric().wireNumber()).putInt(space.dimension());
        out.putFloat(space.maxNorm()).putLong(map.rotationSeed()).putFloat(map.imbalance());
        out.putInt(map.cellCount());
        for (int cell = 0; cell < map.cellCount(); cell++) {
            out.putInt(map.shardOf(cell));
        }
        for (int cell = 0; cell < map.cellCount(); cell++) {
            putAll(out, map.centroid(cell));
        }
        if (parents != null) {
            put(out, parents);
        } else if (product != null) {
            out.putInt(0);
        }
        if (product != null) {
            out.putFloat(product.error());
            putAll(out, product.codewords());
        }
        out.putInt(checksum(out.array(), out.position()));
        return out.array();
    }

    private static int version(CellMap map) {
        if (map.product() != null) {
            return WITH_PRODUCT;
        }
        return map.parents() == null ? FLAT : WITH_PARENTS;
    }

    private static void put(ByteBuffer out, ParentCells parents) {
        out.putInt(parents.centroids().length);
        putAll(out, parents.parentOfCell());
        for (float[] centroid : parents.centroids()) {
            putAll(out, centroid);
        }
        out.putInt(parents.visits());
    }

    private static void putAll(ByteBuffer out, float[] values) {
        for (float value : values) {
            out.putFloat(value);
        }
    }

    private static void putAll(ByteBuffer out, int[] values) {
        for (int value : values) {
            out.putInt(value);
        }
    }

    static CellMap decode(byte[] bytes) {
        requireIntact(bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int version = in.position(Integer.BYTES).getInt();
        try {
            return read(in, version);
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
        if (version < FLAT || version > WITH_PRODUCT) {
            throw new CorruptCellMapException("cell map of version " + version + ", this reader knows 1 to 3");
        }
        int stored = in.getInt(bytes.length - Integer.BYTES);
        int computed = checksum(bytes, bytes.length - Integer.BYTES);
        if (stored != computed) {
            throw new CorruptCellMapException("cell map checksum " + Integer.toHexString(computed) + " != "
                    + Integer.toHexString(stored) + " stored");
        }
    }

    private static CellMap read(ByteBuffer in, int version) {
        Metric metric = Metric.ofWireNumber(in.getInt());
        int dimension = in.getInt();
        CellSpace space = new CellSpace(metric, dimension, in.getFloat());
        long rotationSeed = in.getLong();
        float imbalance = in.getFloat();
        int cellCount = in.getInt();
        requireRoom(in, cellCount, 1L + space.coordinates());
        int[] shards = getInts(in, cellCount);
        for (int cell = 0; cell < cellCount; cell++) {
            if (shards[cell] < 0 || shards[cell] >= cellCount) {
                throw new IllegalArgumentException("cell " + cell + " in shard " + shards[cell]);
            }
        }
        float[][] centroids = getVectors(in, cellCount, space.coordinates());
        ParentCells parents = version == FLAT ? null : parents(in, version, cellCount, space.coordinates());
        ProductQuantizer product = version == WITH_PRODUCT ? product(in, space.coordinates()) : null;
        if (in.remaining() != Integer.BYTES) {
            throw new IllegalArgumentException(
                    cellCount + " cells of dimension " + dimension + " in " + in.limit() + " bytes");
        }
        return new CellMap(space, rotationSeed, imbalance, centroids, parents, shards, product);
    }

    private static @Nullable ParentCells parents(ByteBuffer in, int version, int cellCount, int coordinates) {
        int parentCount = in.getInt();
        if (parentCount == 0 && version == WITH_PRODUCT) {
            return null;
        }
        requireRoom(in, parentCount, coordinates);
        int[] parentOfCell = getInts(in, cellCount);
        float[][] centroids = getVectors(in, parentCount, coordinates);
        return new ParentCells(centroids, parentOfCell, in.getInt());
    }

    private static ProductQuantizer product(ByteBuffer in, int coordinates) {
        float error = in.getFloat();
        int floats = ProductQuantizer.floats(coordinates);
        requireRoom(in, floats, 1);
        return new ProductQuantizer(coordinates, getVectors(in, 1, floats)[0], error);
    }

    /** Before arrays are made: a number that was damaged would take the heap. */
    private static void requireRoom(ByteBuffer in, int count, long numbersEach) {
        if (count < 1 || count * numbersEach * Integer.BYTES > in.remaining()) {
            throw new IllegalArgumentException(
                    count + " times " + numbersEach + " numbers in " + in.remaining() + " bytes");
        }
    }

    private static int[] getInts(ByteBuffer in, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getInt();
        }
        return values;
    }

    private static float[][] getVectors(ByteBuffer in, int count, int coordinates) {
        float[][] vectors = new float[count][coordinates];
        for (float[] vector : vectors) {
            for (int d = 0; d < coordinates; d++) {
                vector[d] = in.getFloat();
            }
        }
        return vectors;
    }

    private static int size(CellMap map) {
        int coordinates = map.space().coordinates();
        ParentCells parents = map.parents();
        ProductQuantizer product = map.product();
        long numbers = map.cellCount() * (1L + coordinates) + 1;
        if (parents != null) {
            numbers += 2 + map.cellCount() + (long) parents.centroids().length * coordinates;
        } else if (product != null) {
            numbers++;
        }
        if (product != null) {
            numbers += 1 + product.codewords().length;
        }
        return Math.toIntExact(HEADER_BYTES + numbers * Integer.BYTES);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
