package io.voronode.benchmarks;

import io.voronode.engine.simd.CentroidKernels;
import io.voronode.engine.simd.PanamaCentroidKernels;
import io.voronode.engine.simd.ScalarCentroidKernels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Scores of all centroids, for one row and for a tile of rows; a tile is {@link CentroidKernels#TILE_ROWS} rows. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class CentroidBenchmark {

    private final CentroidKernels simd = new PanamaCentroidKernels();
    private final CentroidKernels scalar = new ScalarCentroidKernels();

    @Param({"100", "384", "768"})
    int dimension = 100;

    @Param("1024")
    int cells = 1_024;

    private float[][] centroids = {};
    private float[] row = {};
    private float[] tile = {};
    private float[] blocks = {};
    private float[] offsets = {};
    private float[] out = {};

    @Setup
    public void setUp() {
        float[][] vectors = SyntheticVectors.clustered(1, cells + CentroidKernels.TILE_ROWS, dimension, 8);
        row = vectors[cells];
        tile = new float[CentroidKernels.TILE_ROWS * dimension];
        for (int i = 0; i < tile.length; i++) {
            tile[i] = vectors[cells + i % CentroidKernels.TILE_ROWS][i / CentroidKernels.TILE_ROWS];
        }
        layOut(vectors);
        out = new float[CentroidKernels.TILE_ROWS * cells];
    }

    private void layOut(float[][] vectors) {
        centroids = vectors;
        offsets = new float[cells];
        blocks = new float[cells * dimension];
        for (int cell = 0; cell < cells; cell++) {
            int lane = cell % CentroidKernels.LANES;
            offsets[cell] = cell;
            for (int d = 0; d < dimension; d++) {
                blocks[(cell - lane) * dimension + d * CentroidKernels.LANES + lane] = vectors[cell][d];
            }
        }
    }

    /** The score of the first row. */
    float expected(int cell) {
        double score = offsets[cell];
        for (int d = 0; d < dimension; d++) {
            score += (double) row[d] * centroids[cell][d];
        }
        return (float) score;
    }

    @Benchmark
    public float[] rowSimd() {
        simd.scores(row, blocks, offsets, out);
        return out;
    }

    @Benchmark
    public float[] tileSimd() {
        simd.tileScores(tile, blocks, offsets, 0, cells / CentroidKernels.LANES, out);
        return out;
    }

    @Benchmark
    public float[] tileScalar() {
        scalar.tileScores(tile, blocks, offsets, 0, cells / CentroidKernels.LANES, out);
        return out;
    }
}
