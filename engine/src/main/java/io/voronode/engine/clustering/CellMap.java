package io.voronode.engine.clustering;

import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.simd.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One generation's cells: centroids, the shard of each cell, and the seed of the rotation that codes use. Named by the
 * digest of its encoding ({@link CellMapFormat}). Immutable, so any thread may ask; it never assigns a record twice:
 * the cell it names at write time is recorded with the record and obeyed from then on, because ties differ between
 * machines.
 */
public final class CellMap {

    private final CellSpace space;
    private final long rotationSeed;
    private final float imbalance;
    private final float[][] centroids;
    private final int[] shardOfCell;
    private final int[][] cellsOfShard;
    private final @Nullable ParentCells parents;
    private final @Nullable ProductQuantizer product;
    private final CellFinder finder;
    private final CellRanker ranker;
    private final float[] mean;

    /** Takes ownership of the arrays. Parents where there are many cells, null for few. */
    CellMap(
            CellSpace space,
            long rotationSeed,
            float imbalance,
            float[][] centroids,
            @Nullable ParentCells parents,
            int[] shardOfCell,
            @Nullable ProductQuantizer product) {
        if (centroids.length == 0 || centroids.length != shardOfCell.length) {
            throw new IllegalArgumentException(centroids.length + " cells with shards for " + shardOfCell.length);
        }
        this.space = space;
        this.rotationSeed = rotationSeed;
        this.imbalance = imbalance;
        this.centroids = centroids;
        this.shardOfCell = shardOfCell;
        this.cellsOfShard = invert(shardOfCell);
        this.parents = parents;
        this.product = product;
        this.finder = CellFinder.of(centroids, parents);
        this.ranker = CellRanker.of(centroids);
        this.mean = CentroidTable.mean(centroids);
    }

    /** The map of generation 0: one cell that holds everything, in one shard; needs no training. */
    public static CellMap single(Metric metric, int dimension) {
        CellSpace space = new CellSpace(metric, dimension, 0);
        return new CellMap(space, 0, 1, new float[1][space.coordinates()], null, new int[1], null);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws CorruptCellMapException if the bytes are not a cell map, are damaged, or of a later version
     */
    public static CellMap decode(byte[] bytes) {
        return CellMapFormat.decode(bytes);
    }

    public byte[] encode() {
        return CellMapFormat.encode(this);
    }

    /** Lower-case hex SHA-256 of the encoding: the map's name everywhere. */
    public String digest() {
        return CellMapFormat.digest(encode());
    }

    /**
     * The cell of a vector.
     *
     * @param vector as stored in the index: normalised for COSINE; any length for DOT, longer than any trained vector
     *     included
     */
    public int nearestCell(float[] vector) {
        return nearestCells(List.of(vector))[0];
    }

    /** As {@link #nearestCell} of each vector, in their order, several times faster than one by one. */
    public int[] nearestCells(List<float[]> vectors) {
        float[][] points = vectors.stream().map(space::ofStored).toArray(float[][]::new);
        int[] cells = new int[points.length];
        finder.assign(points, 0, points.length, cells);
        return cells;
    }

    /**
     * The n cells nearest to a query, all of them if there are fewer. Of many cells a few in a hundred of the farthest wanted may be
     * missed ({@link CodedCells}), for which the next ones stand in. The distances are squared L2 in
     * the space of the cells, which for DOT has one more coordinate and the query scaled to the longest trained vector.
     *
     * @param query normalised for COSINE
     */
    public RankedCells rank(float[] query, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("cells to rank " + n + " < 1");
        }
        return ranker.rank(space.ofQuery(query), Math.min(n, cellCount()));
    }

    public Metric metric() {
        return space.metric();
    }

    public int dimension() {
        return space.dimension();
    }

    public int cellCount() {
        return centroids.length;
    }

    public int shardCount() {
        return cellsOfShard.length;
    }

    public int shardOf(int cell) {
        return shardOfCell[cell];
    }

    /** The cells of a shard, ascending; a copy. */
    public int[] cellsOf(int shard) {
        return cellsOfShard[shard].clone();
    }

    /** k·Σnᵢ²/(Σnᵢ)² over the training sample: 1 when all cells are equal; scan cost is proportional to it. */
    public float imbalance() {
        return imbalance;
    }

    /** Seed of the orthogonal transform under which codes of this generation are made. */
    public long rotationSeed() {
        return rotationSeed;
    }

    /** The mean of all centroids, in the {@link #space} of the cells; a copy. */
    public float[] mean() {
        return mean.clone();
    }

    /**
     * Writes a centroid, in the {@link #space} of the cells.
     *
     * @param out room for its coordinates
     */
    public void copyCentroid(int cell, float[] out) {
        System.arraycopy(centroids[cell], 0, out, 0, space.coordinates());
    }

    /** The space that centroids lie in. */
    public CellSpace space() {
        return space;
    }

    /** Trained on residuals of the training sample, for kind IVF_PQ; null for others. */
    public @Nullable ProductQuantizer product() {
        return product;
    }

    @Nullable
    ParentCells parents() {
        return parents;
    }

    /** Borrowed: not to be written. For DOT with the coordinate that the space adds. */
    float[] centroid(int cell) {
        return centroids[cell];
    }

    @Override
    public String toString() {
        return "CellMap[" + metric() + ", dimension " + dimension() + ", " + cellCount() + " cells in " + shardCount()
                + " shards, imbalance " + imbalance + "]";
    }

    private static int[][] invert(int[] shardOfCell) {
        int shardCount = Arrays.stream(shardOfCell).max().orElseThrow() + 1;
        int[][] cells = new int[shardCount][];
        for (int shard = 0; shard < shardCount; shard++) {
            int wanted = shard;
            cells[shard] = IntStream.range(0, shardOfCell.length)
                    .filter(cell -> shardOfCell[cell] == wanted)
                    .toArray();
            if (cells[shard].length == 0) {
                throw new IllegalArgumentException("shard " + shard + " of " + shardCount + " owns no cell");
            }
        }
        return cells;
    }
}
