package io.voronode.engine.simd;

/** The plain twin of {@link PanamaCentroidKernels}. */
public final class ScalarCentroidKernels implements CentroidKernels {

    @Override
    public void scores(float[] row, float[] blocks, float[] offsets, float[] out) {
        int lanes = Shapes.requireScores(row, blocks, offsets, out);
        for (int lane = 0; lane < lanes; lane++) {
            out[lane] = score(row, 0, 1, blocks, lane, offsets[lane]);
        }
    }

    @Override
    public void tileScores(float[] tile, float[] blocks, float[] offsets, int fromBlock, int toBlock, float[] out) {
        Shapes.requireTile(tile, blocks, offsets, fromBlock, toBlock, out);
        int from = fromBlock * LANES;
        int width = (toBlock - fromBlock) * LANES;
        for (int row = 0; row < TILE_ROWS; row++) {
            for (int i = 0; i < width; i++) {
                out[row * width + i] = score(tile, row, TILE_ROWS, blocks, from + i, offsets[from + i]);
            }
        }
    }

    /** The row is every {@code step}-th float from {@code first} on. */
    private static float score(float[] rows, int first, int step, float[] blocks, int lane, float offset) {
        int dimension = rows.length / step;
        int base = lane / LANES * LANES * dimension + lane % LANES;
        float score = offset;
        for (int d = 0; d < dimension; d++) {
            score += rows[first + d * step] * blocks[base + d * LANES];
        }
        return score;
    }

    @Override
    public int twoLeast(float[] scores, int from, int count, float[] two) {
        Shapes.requireTwoLeast(scores, from, count, two);
        two[0] = Float.POSITIVE_INFINITY;
        two[1] = Float.POSITIVE_INFINITY;
        int least = 0;
        for (int i = 0; i < count; i++) {
            float score = scores[from + i];
            if (score < two[0]) {
                two[1] = two[0];
                two[0] = score;
                least = i;
            } else if (score < two[1]) {
                two[1] = score;
            }
        }
        return least;
    }

    @Override
    public int notAbove(float[] values, int count, float limit, int[] places) {
        Shapes.requirePlaces(values, count, places);
        return notAbove(values, 0, count, limit, places, 0);
    }

    /** Without a branch, which would be mispredicted at every value that is not above. */
    static int notAbove(float[] values, int from, int to, float limit, int[] places, int alreadyFound) {
        int found = alreadyFound;
        for (int i = from; i < to; i++) {
            places[found] = i;
            found += values[i] > limit ? 0 : 1;
        }
        return found;
    }
}
