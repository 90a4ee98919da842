package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Argument checks that both twins of the kernels share: once per call, never per element. */
final class Shapes {

    private Shapes() {}

    static void requireSameLength(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("dimension " + a.length + " != " + b.length);
        }
    }

    /** Returns how many lanes there are. */
    static int requireScores(float[] row, float[] blocks, float[] offsets, float[] out) {
        int lanes = requireBlocks(row.length, blocks, offsets) * CentroidKernels.LANES;
        requireRoom(out, lanes);
        return lanes;
    }

    static void requireTile(float[] tile, float[] blocks, float[] offsets, int fromBlock, int toBlock, float[] out) {
        if (tile.length % CentroidKernels.TILE_ROWS != 0) {
            throw new IllegalArgumentException(tile.length + " floats are not " + CentroidKernels.TILE_ROWS + " rows");
        }
        int blockCount = requireBlocks(tile.length / CentroidKernels.TILE_ROWS, blocks, offsets);
        Objects.checkFromToIndex(fromBlock, toBlock, blockCount);
        requireRoom(out, CentroidKernels.TILE_ROWS * (toBlock - fromBlock) * CentroidKernels.LANES);
    }

    static void requireTwoLeast(float[] scores, int from, int count, float[] two) {
        if (count <= 0 || count % CentroidKernels.LANES != 0 || two.length < 2) {
            throw new IllegalArgumentException(count + " scores are not blocks of " + CentroidKernels.LANES
                    + ", or there is room for " + two.length + " of 2");
        }
        Objects.checkFromIndexSize(from, count, scores.length);
    }

    /** Returns how many blocks there are. */
    private static int requireBlocks(int dimension, float[] blocks, float[] offsets) {
        int floatsPerBlock = Math.multiplyExact(dimension, CentroidKernels.LANES);
        if (floatsPerBlock == 0 || blocks.length % floatsPerBlock != 0) {
            throw new IllegalArgumentException(blocks.length + " floats are not blocks of " + floatsPerBlock);
        }
        int blockCount = blocks.length / floatsPerBlock;
        if (offsets.length < blockCount * CentroidKernels.LANES) {
            throw new IllegalArgumentException(
                    offsets.length + " offsets for " + blockCount * CentroidKernels.LANES + " lanes");
        }
        return blockCount;
    }

    private static void requireRoom(float[] out, int scores) {
        if (out.length < scores) {
            throw new IllegalArgumentException("room for " + out.length + " scores, need " + scores);
        }
    }

    /** Checks every row once, so that the loops over a row need no check of their own. */
    static void requireRows(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        if (count > ordinals.length || count > out.length) {
            throw new IllegalArgumentException(
                    "count " + count + " > " + ordinals.length + " ordinals or " + out.length + " distances");
        }
        long rowBytes = (long) query.length * Float.BYTES;
        for (int i = 0; i < count; i++) {
            if (ordinals[i] < 0 || (ordinals[i] + 1L) * rowBytes > rows.byteSize()) {
                throw new IndexOutOfBoundsException(
                        "ordinal " + ordinals[i] + " outside " + rows.byteSize() / Math.max(1, rowBytes) + " vectors");
            }
        }
    }

    /** Checks a posting list of one-bit codes as a whole. */
    static void requireBlocks(MemorySegment blocks, long offset, int count, int rows, int[] places) {
        requireBlocks(blocks, offset, count, rows);
        if (places.length < count) {
            throw new IllegalArgumentException("room for " + places.length + " places, need " + count);
        }
    }

    /** Checks a posting list whose bounds are wanted, for whole blocks. */
    static void requireBounds(MemorySegment blocks, long offset, int count, int rows, float[] out) {
        requireBlocks(blocks, offset, count, rows);
        if (out.length < Math.ceilDiv(count, CodeKernels.LANES) * CodeKernels.LANES) {
            throw new IllegalArgumentException("room for " + out.length + " bounds, need whole blocks for " + count);
        }
    }

    private static void requireBlocks(MemorySegment blocks, long offset, int count, int rows) {
        long blockCount = (count + CodeKernels.LANES - 1L) / CodeKernels.LANES;
        long end = offset + blockCount * CodeKernels.blockBytes(rows);
        if (count < 0 || offset < 0 || end > blocks.byteSize()) {
            throw new IndexOutOfBoundsException(count + " codes end at byte " + end + " of " + blocks.byteSize());
        }
    }

    /** Checks every record once. */
    static void requireRecords(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        if (query.length % 64 != 0) {
            throw new IllegalArgumentException(query.length + " coordinates are not a multiple of 64");
        }
        requireRecords(query.length / 2, records, offset, stride, places, count, out);
    }

    /** Checks every record once: that its first bytes are there. */
    static void requireRecords(
            int bytes, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        if (count > places.length || count > out.length) {
            throw new IllegalArgumentException(
                    "count " + count + " > " + places.length + " places or " + out.length + " products");
        }
        if (stride < bytes) {
            throw new IllegalArgumentException(bytes + " bytes in records of " + stride);
        }
        for (int i = 0; i < count; i++) {
            if (places[i] < 0 || offset + (places[i] + 1L) * stride > records.byteSize()) {
                throw new IndexOutOfBoundsException(
                        "record " + places[i] + " from byte " + offset + " of " + records.byteSize());
            }
        }
    }

    static void requirePlaces(float[] values, int count, int[] places) {
        if (count > values.length || count > places.length) {
            throw new IllegalArgumentException(
                    "count " + count + " > " + values.length + " values or " + places.length + " places");
        }
    }

    static void requireColumns(float[] x, float[] columns, float[] out) {
        if (out.length % 64 != 0 || (long) x.length * out.length != columns.length) {
            throw new IllegalArgumentException(
                    columns.length + " floats are not " + x.length + " columns of " + out.length);
        }
    }

    static void requireHadamard(float[] x, int from, int length) {
        if (length < 64 || Integer.bitCount(length) != 1 || from < 0 || from + length > x.length) {
            throw new IllegalArgumentException(
                    "transform of " + length + " coordinates from " + from + " of " + x.length);
        }
    }
}
