package io.voronode.engine.simd;

/**
 * Scores of many centroids for one row or for four rows at once: an offset per centroid plus an inner product, which
 * is all that the order of squared distances needs (‖x−c‖² = ‖x‖² + ‖c‖² − 2⟨x,c⟩). Centroids are laid out as {@code
 * [block][dimension][LANES]}, so that a register holds one coordinate of neighbouring centroids and no sum is ever
 * taken across a register. A score adds its products in the order of the dimensions whether its row comes alone or
 * with others, so both ways give the same bits. {@link ScalarCentroidKernels} is the plain twin, {@link
 * PanamaCentroidKernels} the fast one. Stateless; arguments are borrowed and, but for {@code out}, only read.
 */
public sealed interface CentroidKernels permits ScalarCentroidKernels, PanamaCentroidKernels {

    /** Centroids of a block: two AVX-512, four AVX2 or eight NEON registers. */
    int LANES = 32;

    /** Rows of a tile. With two registers of centroids each coordinate loaded is used eight times. */
    int TILE_ROWS = 4;

    /** The fastest kernels that this JVM can run. */
    static CentroidKernels best() {
        return KernelChoice.CENTROID;
    }

    /**
     * Scores for one row: {@code out[i] = offsets[i] + ⟨row, centroid i⟩} for all lanes.
     *
     * @param row of the blocks' dimension
     * @param blocks a multiple of {@code row.length × LANES} floats
     * @param offsets one for each lane
     * @param out room for as many
     */
    void scores(float[] row, float[] blocks, float[] offsets, float[] out);

    /**
     * Scores for a tile of rows over a range of blocks: {@code out[r·w + i] = offsets[j] + ⟨row r, centroid j⟩}, where
     * w is the number of lanes in the range and j the i-th lane of it.
     *
     * @param tile the rows as {@code [dimension][TILE_ROWS]}: one running index; with four the loop runs at half speed
     * @param fromBlock the first block
     * @param toBlock the block after the last
     * @param out room for TILE_ROWS × w scores
     */
    void tileScores(float[] tile, float[] blocks, float[] offsets, int fromBlock, int toBlock, float[] out);

    /**
     * The two least of {@code scores[from]} to {@code scores[from + count − 1]}, written to {@code two} in order.
     *
     * @param count a multiple of LANES, not 0
     * @return the index of the least, counted from {@code from}; of equals any
     */
    int twoLeast(float[] scores, int from, int count, float[] two);

    /**
     * Writes the places of the values that are not above a limit, ascending; NaN is not above.
     *
     * @param values looked at up to {@code count}
     * @param places room for {@code count}
     * @return how many
     */
    int notAbove(float[] values, int count, float limit, int[] places);
}
