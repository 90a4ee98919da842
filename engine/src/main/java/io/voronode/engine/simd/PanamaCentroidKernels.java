package io.voronode.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fast twin of {@link ScalarCentroidKernels}; the rules of {@link PanamaKernels} hold here too. A tile of four rows
 * by two registers of centroids keeps eight sums, which hides the latency of fused multiply-add and still fits the
 * sixteen registers of AVX2: 56 billion multiply-adds a second on one Zen 4 core with AVX-512 and 50 with AVX2, where
 * four registers of centroids give 54 and 32. One row alone is bound by loads, at 25.
 */
public final class PanamaCentroidKernels implements CentroidKernels {

    private static final VectorSpecies<Float> SPECIES = PanamaKernels.SPECIES;
    private static final int WIDTH = SPECIES.length();
    private static final long ALL_LANES = (1L << WIDTH) - 1;

    @Override
    public void scores(float[] row, float[] blocks, float[] offsets, float[] out) {
        int lanes = Shapes.requireScores(row, blocks, offsets, out);
        int at = 0;
        for (; at <= lanes - 4 * WIDTH; at += 4 * WIDTH) {
            scoreFour(row, blocks, offsets, at, out);
        }
        for (; at < lanes; at += WIDTH) {
            scoreOne(row, blocks, offsets, at, out);
        }
    }

    private static void scoreFour(float[] row, float[] blocks, float[] offsets, int at, float[] out) {
        int p0 = base(row.length, at);
        int p1 = base(row.length, at + WIDTH);
        int p2 = base(row.length, at + 2 * WIDTH);
        int p3 = base(row.length, at + 3 * WIDTH);
        FloatVector s0 = load(offsets, at);
        FloatVector s1 = load(offsets, at + WIDTH);
        FloatVector s2 = load(offsets, at + 2 * WIDTH);
        FloatVector s3 = load(offsets, at + 3 * WIDTH);
        for (int d = 0, step = 0; d < row.length; d++, step += LANES) {
            FloatVector x = FloatVector.broadcast(SPECIES, row[d]);
            s0 = x.fma(load(blocks, p0 + step), s0);
            s1 = x.fma(load(blocks, p1 + step), s1);
            s2 = x.fma(load(blocks, p2 + step), s2);
            s3 = x.fma(load(blocks, p3 + step), s3);
        }
        s0.intoArray(out, at);
        s1.intoArray(out, at + WIDTH);
        s2.intoArray(out, at + 2 * WIDTH);
        s3.intoArray(out, at + 3 * WIDTH);
    }

    private static void scoreOne(float[] row, float[] blocks, float[] offsets, int at, float[] out) {
        int base = base(row.length, at);
        FloatVector sum = load(offsets, at);
        for (int d = 0, step = 0; d < row.length; d++, step += LANES) {
            sum = FloatVector.broadcast(SPECIES, row[d]).fma(load(blocks, base + step), sum);
        }
        sum.intoArray(out, at);
    }

    @Override
    public void tileScores(float[] tile, float[] blocks, float[] offsets, int fromBlock, int toBlock, float[] out) {
        Shapes.requireTile(tile, blocks, offsets, fromBlock, toBlock, out);
        int from = fromBlock * LANES;
        int width = (toBlock - fromBlock) * LANES;
        for (int i = 0; i < width; i += 2 * WIDTH) {
            tileScoreTwo(tile, blocks, offsets, from + i, out, i, width);
        }
    }

    /** Two neighbouring registers of a block for each of the four rows a, b, c and d. */
    private static void tileScoreTwo(
            float[] tile, float[] blocks, float[] offsets, int at, float[] out, int outAt, int width) {
        int base = base(tile.length / TILE_ROWS, at);
        FloatVector a0 = load(offsets, at);
        FloatVector a1 = load(offsets, at + WIDTH);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        for (int i = 0, step = base; i < tile.length; i += TILE_ROWS, step += LANES) {
            FloatVector y0 = load(blocks, step);
            FloatVector y1 = load(blocks, step + WIDTH);
            FloatVector x = FloatVector.broadcast(SPECIES, tile[i]);
            a0 = x.fma(y0, a0);
            a1 = x.fma(y1, a1);
            x = FloatVector.broadcast(SPECIES, tile[i + 1]);
            b0 = x.fma(y0, b0);
            b1 = x.fma(y1, b1);
            x = FloatVector.broadcast(SPECIES, tile[i + 2]);
            c0 = x.fma(y0, c0);
            c1 = x.fma(y1, c1);
            x = FloatVector.broadcast(SPECIES, tile[i + 3]);
            d0 = x.fma(y0, d0);
            d1 = x.fma(y1, d1);
        }
        store(a0, a1, out, outAt);
        store(b0, b1, out, outAt + width);
        store(c0, c1, out, outAt + 2 * width);
        store(d0, d1, out, outAt + 3 * width);
    }

    /** Each lane keeps the two least that it saw, and the step at which it saw the least. */
    @Override
    public int twoLeast(float[] scores, int from, int count, float[] two) {
        Shapes.requireTwoLeast(scores, from, count, two);
        FloatVector least = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
        FloatVector second = least;
        FloatVector stepOfLeast = FloatVector.zero(SPECIES);
        for (int i = 0; i < count; i += WIDTH) {
            FloatVector score = load(scores, from + i);
            second = second.min(least.max(score));
            stepOfLeast = stepOfLeast.blend(i, score.lt(least));
            least = least.min(score);
        }
        return reduce(least, second, stepOfLeast, two);
    }

    /** Steps are exact as floats: a count is below 2²⁴ where scores fit an array of the cache. */
    private static int reduce(FloatVector least, FloatVector second, FloatVector stepOfLeast, float[] two) {
        float first = least.reduceLanes(VectorOperators.MIN);
        int lane = least.eq(first).firstTrue() % WIDTH;
        float next = least.withLane(lane, Float.POSITIVE_INFINITY).reduceLanes(VectorOperators.MIN);
        two[0] = first;
        two[1] = Math.min(next, second.lane(lane));
        return (int) stepOfLeast.lane(lane) + lane;
    }

    @Override
    public int notAbove(float[] values, int count, float limit, int[] places) {
        Shapes.requirePlaces(values, count, places);
        int found = 0;
        int from = 0;
        for (; from <= count - WIDTH; from += WIDTH) {
            long above = load(values, from).compare(VectorOperators.GT, limit).toLong();
            for (long near = ~above & ALL_LANES; near != 0; near &= near - 1) {
                places[found++] = from + Long.numberOfTrailingZeros(near);
            }
        }
        return ScalarCentroidKernels.notAbove(values, from, count, limit, places, found);
    }

    /** Where the first coordinate of lane {@code at} is: its block, then its lane in the block. */
    private static int base(int dimension, int at) {
        return at / LANES * LANES * dimension + at % LANES;
    }

    private static FloatVector load(float[] array, int offset) {
        return FloatVector.fromArray(SPECIES, array, offset);
    }

    private static void store(FloatVector first, FloatVector second, float[] out, int at) {
        first.intoArray(out, at);
        second.intoArray(out, at + WIDTH);
    }
}
