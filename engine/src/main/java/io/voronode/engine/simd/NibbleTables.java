package io.voronode.engine.simd;

/**
 * A query as scan codes see it: for each half byte of a code, what each of its sixteen values adds to the inner product with the
 * query, as an unsigned integer ("fast scan", André, Kermarrec and Le Scouarnec, VLDB 2015). A half byte holds four
 * coordinates of one bit, which stand for ∓½, or two of two bits, which stand for −1½, −½, ½ and 1½. Owned by one search
 * at a time, which sets it anew for every query.
 */
public final class NibbleTables {

    /** Values of a half byte. */
    static final int ENTRIES = 16;

    /** Tables are repeated so that a vector register is filled with one. */
    static final int TABLE_BYTES = CodeKernels.LANES;

    /** Two entries are added in a byte, and all of a code in sixteen bits. */
    private static final int MAX_PAIR = 255;

    private static final int MAX_SUM = (1 << 16) - 1;

    private final int bits;
    private final int rows;
    private final byte[] tables;
    private final int[] sums = new int[CodeKernels.LANES];
    private float scale;
    private float base;

    /**
     * For codes of so many coordinates.
     *
     * @param bits of a coordinate, 1 or 2
     */
    public NibbleTables(int coordinates, int bits) {
        this.bits = bits;
        this.rows = rows(coordinates, bits);
        this.tables = new byte[2 * rows * TABLE_BYTES];
    }

    /** Bytes of a code. */
    public static int rows(int coordinates, int bits) {
        return Math.ceilDiv(coordinates * bits, Byte.SIZE);
    }

    /** Takes another query, of at least as many coordinates as the rows hold. */
    public void set(float[] query) {
        int perTable = 4 / bits;
        float largest = 0;
        float total = 0;
        for (int table = 0; table < 2 * rows; table++) {
            float range = 0;
            for (int i = 0; i < perTable; i++) {
                range += Math.abs(query[table * perTable + i]);
            }
            largest = Math.max(largest, range);
            total += range;
        }
        float reach = bits == 1 ? 1 : 3;
        int levels = Math.min(MAX_PAIR / 2, MAX_SUM / (2 * rows));
        scale = largest * reach / levels;
        base = -total * reach / 2;
        CodeKernels.best().fillTables(query, bits, largest == 0 ? 0 : 1 / scale, tables, 2 * rows);
    }

    int rows() {
        return rows;
    }

    /** Borrowed by kernels: table t begins at {@code t · TABLE_BYTES}, repeated every {@link #ENTRIES}. */
    byte[] tables() {
        return tables;
    }

    /** Scratch of kernels: the sums of a block. */
    int[] sums() {
        return sums;
    }

    /** The value of one level. */
    float scale() {
        return scale;
    }

    /** What to add to {@code scale · sum} to get the inner product. */
    public float base() {
        return base;
    }
}
