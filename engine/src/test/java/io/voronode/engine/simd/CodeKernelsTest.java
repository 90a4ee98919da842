package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class CodeKernelsTest {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CodeKernels scalar = new ScalarCodeKernels();
    private final CodeKernels simd = new PanamaCodeKernels();

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4096})
    void scansFindTheSameVectorsBitForBit(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        for (int bits : new int[] {1, 2}) {
            NibbleTables tables = tables(random, dimension, bits);
            for (int count : new int[] {1, 15, 64, 65, 200}) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment blocks = blocks(random, arena, tables.rows(), count);
                    float[] expectedBounds = new float[256];
                    float[] bounds = new float[256];
                    scalar.lowerBounds(blocks, 0, count, tables, tables.base(), expectedBounds);
                    simd.lowerBounds(blocks, 0, count, tables, tables.base(), bounds);
                    assertThat(Arrays.copyOf(bounds, count)).isEqualTo(Arrays.copyOf(expectedBounds, count));
                    for (float limit : new float[] {-2, 0, 2, Float.POSITIVE_INFINITY}) {
                        int[] expected = find(scalar, blocks, count, tables, limit);
                        assertThat(find(simd, blocks, count, tables, limit))
                                .as("%d codes of %d bits, limit %s", count, bits, limit)
                                .isEqualTo(expected);
                    }
                    assertThat(find(simd, blocks, count, tables, Float.POSITIVE_INFINITY))
                            .as("all of them and no lane past the last")
                            .hasSize(count);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4096})
    void tablesAreTheSameAndGiveTheInnerProduct(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        for (int bits : new int[] {1, 2}) {
            float[] query = query(random, dimension);
            NibbleTables tables = NibbleTables.ofGrid(dimension, bits);
            tables.set(query);
            byte[] fromScalar = new byte[tables.tables().length];
            scalar.fillTables(query, bits, 1 / tables.scale(), fromScalar, 2 * tables.rows());
            assertThat(fromScalar).isEqualTo(tables.tables());
            byte[] code = new byte[tables.rows()];
            random.nextBytes(code);
            float expected = 0;
            int sum = 0;
            for (int i = 0; i < code.length * Byte.SIZE / bits; i++) {
                int level = code[i * bits / Byte.SIZE] >>> (i * bits % Byte.SIZE) & ((1 << bits) - 1);
                expected += (level - ((1 << bits) - 1) / 2f) * query[i];
            }
            for (int nibble = 0; nibble < 2 * code.length; nibble++) {
                int value = code[nibble / 2] >>> (nibble % 2 * 4) & 0xF;
                sum += tables.tables()[nibble * NibbleTables.TABLE_BYTES + value];
            }
            // Each entry is rounded by at most half a level.
            assertThat(tables.scale() * sum + tables.base()).isCloseTo(expected, within(tables.scale() * code.length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 50, 192, 1024})
    void tablesOfCodewordsGiveTheSumOfTheirProducts(int rows) {
        SplittableRandom random = new SplittableRandom(rows);
        float[] products = Data.gaussian(random, 2 * rows * NibbleTables.ENTRIES);
        NibbleTables tables = NibbleTables.ofCodewords(rows);
        tables.setProducts(products);
        byte[] code = new byte[rows];
        random.nextBytes(code);
        float expected = 0;
        int sum = 0;
        for (int nibble = 0; nibble < 2 * rows; nibble++) {
            int value = code[nibble / 2] >>> (nibble % 2 * 4) & 0xF;
            expected += products[nibble * NibbleTables.ENTRIES + value];
            for (int copy = 0; copy < NibbleTables.TABLE_BYTES; copy += NibbleTables.ENTRIES) {
                assertThat(tables.tables()[nibble * NibbleTables.TABLE_BYTES + copy + value])
                        .isEqualTo(tables.tables()[nibble * NibbleTables.TABLE_BYTES + value]);
            }
            sum += tables.tables()[nibble * NibbleTables.TABLE_BYTES + value];
        }
        assertThat(tables.scale() * sum + tables.base()).isCloseTo(expected, within(tables.scale() * rows));
    }

    @Test
    void listsOutsideTheMemoryAreRefused() {
        NibbleTables tables = NibbleTables.ofGrid(64, 1);
        for (CodeKernels kernels : new CodeKernels[] {scalar, simd}) {
            MemorySegment one = MemorySegment.ofArray(new byte[CodeKernels.blockBytes(8)]);
            assertThatThrownBy(() -> kernels.findNear(one, 0, 65, tables, 0, 0, new int[65]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("65 codes end at byte 1408 of 704");
            assertThatThrownBy(() -> kernels.findNear(one, 0, 5, tables, 0, 0, new int[4]))
                    .hasMessageContaining("room for 4 places, need 5");
        }
    }

    private static NibbleTables tables(SplittableRandom random, int dimension, int bits) {
        NibbleTables tables = NibbleTables.ofGrid(dimension, bits);
        tables.set(query(random, dimension));
        return tables;
    }

    /** Zeros past the dimension, as a rotation leaves them. */
    private static float[] query(SplittableRandom random, int dimension) {
        return Arrays.copyOf(Data.gaussian(random, dimension), Math.ceilDiv(dimension, 64) * 64);
    }

    private static int[] find(CodeKernels kernels, MemorySegment blocks, int count, NibbleTables tables, float limit) {
        int[] places = new int[count];
        int found = kernels.findNear(blocks, 0, count, tables, tables.base(), limit, places);
        int[] result = Arrays.copyOf(places, found);
        Arrays.sort(result);
        return result;
    }

    private static MemorySegment blocks(SplittableRandom random, Arena arena, int rows, int count) {
        int blockCount = Math.ceilDiv(count, CodeKernels.LANES);
        int blockBytes = CodeKernels.blockBytes(rows);
        MemorySegment blocks = RecordKernelsTest.random(random, arena.allocate((long) blockCount * blockBytes, 64));
        for (int block = 0; block < blockCount; block++) {
            long header = (long) block * blockBytes + (rows + 2L) * CodeKernels.LANES;
            blocks.set(FLOAT, header, -1);
            blocks.set(FLOAT, header + 4, 0.01f);
            blocks.set(FLOAT, header + 8, -0.2f);
            blocks.set(FLOAT, header + 12, 0.0005f);
        }
        return blocks;
    }
}
