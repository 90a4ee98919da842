package io.voronode.engine.simd;

/**
 * A query as scan codes see it: for each half byte of a code, what each of its sixteen values adds to the inner product with the
 * query, as an unsigned integer ("fast scan", André, Kermarrec and Le Scouarnec, VLDB 2015). A half byte holds four
 * coordinates of one bit, which stand for ∓½, or two of two bits, which stand for −1½, −½, ½ and 1½; or it names one of sixteen codewords.
 * Owned by one search at a time, which sets it anew for every query.
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
    private final float[] bounds = new float[CodeKernels.LANES];
    private float scale;
    private float base;

    private NibbleTables(int rows, int bits) {
        this.bits = bits;
        this.rows = rows;
        this.tables = new byte[2 * rows * TABLE_BYTES];
    }

    /**
     * For codes of so many coordinates on a grid.
     *
     * @param bits of a coordinate, 1 or 2
     */
    public static NibbleTables ofGrid(int coordinates, int bits) {
        return new NibbleTables(rows(coordinates, bits), bits);
    }

    /** For codes of so many bytes whose halves name codewords. */
    public static NibbleTables ofCodewords(int rows) {
        return new NibbleTables(rows, 0);
    }

    /** Bytes of a code. */
    public static int rows(int coordinates, int bits) {
        return Math.ceilDiv(coordinates * bits, Byte.SIZE);
    }

    /** For codes on a grid: takes another query, of at least as many coordinates as the rows hold. */
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
        scale = largest * reach / levels();
        base = -total * reach / 2;
        CodeKernels.best().fillTables(query, bits, largest == 0 ? 0 : 1 / scale, tables, 2 * rows);
    }

    /**
     * For codes of codewords: takes another query.
     *
     * @param products {@code [table · 16 + value]}: what each value adds to the inner product
     */
    public void setProducts(float[] products) {
        float largest = 0;
        float total = 0;
        for (int from = 0; from < products.length; from += ENTRIES) {
            float least = least(products, from);
            total += least;
            for (int value = 0; value < ENTRIES; value++) {
                largest = Math.max(largest, products[from + value] - least);
            }
        }
        scale = largest / levels();
        base = total;
        float perLevel = largest == 0 ? 0 : 1 / scale;
        for (int from = 0; from < products.length; from += ENTRIES) {
            float least = least(products, from);
            for (int value = 0; value < ENTRIES; value++) {
                int at = from / ENTRIES * TABLE_BYTES + value;
                tables[at] = (byte) Math.fma(products[from + value] - least, perLevel, 0.5f);
            }
            repeat(from / ENTRIES * TABLE_BYTES);
        }
    }

    private static float least(float[] products, int from) {
        float least = products[from];
        for (int value = 1; value < ENTRIES; value++) {
            least = Math.min(least, products[from + value]);
        }
        return least;
    }

    private void repeat(int table) {
        for (int copy = ENTRIES; copy < TABLE_BYTES; copy += ENTRIES) {
            System.arraycopy(tables, table, tables, table + copy, ENTRIES);
        }
    }

    /** Levels of an entry, such that no sum overflows. */
    private int levels() {
        return Math.min(MAX_PAIR / 2, MAX_SUM / (2 * rows));
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

    /** Scratch of kernels: the bounds of a block. */
    float[] bounds() {
        return bounds;
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
