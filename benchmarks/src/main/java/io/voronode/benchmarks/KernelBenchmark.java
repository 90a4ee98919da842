package io.voronode.benchmarks;

import io.voronode.engine.simd.PanamaKernels;
import io.voronode.engine.simd.ScalarKernels;
import io.voronode.engine.simd.VectorKernels;
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

/** The SIMD kernels beside their scalar twins, on vectors in cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class KernelBenchmark {

    static final int CENTROIDS = 64;

    private final VectorKernels simd = new PanamaKernels();
    private final VectorKernels scalar = new ScalarKernels();

    @Param({"100", "384", "768", "1536"})
    int dimension = 384;

    float[] a = {};
    float[] b = {};
    float[] blocks = {};
    float[] distances = {};

    @Setup
    public void setUp() {
        float[][] vectors = SyntheticVectors.clustered(1, 2 + CENTROIDS, dimension, 4);
        a = vectors[0];
        b = vectors[1];
        blocks = new float[CENTROIDS * dimension];
        for (int i = 0; i < CENTROIDS; i++) {
            for (int d = 0; d < dimension; d++) {
                int lane = i % VectorKernels.LANES;
                blocks[(i / VectorKernels.LANES * dimension + d) * VectorKernels.LANES + lane] = vectors[2 + i][d];
            }
        }
        distances = new float[CENTROIDS];
    }

    @Benchmark
    public float dotSimd() {
        return simd.dot(a, b);
    }

    @Benchmark
    public float dotScalar() {
        return scalar.dot(a, b);
    }

    @Benchmark
    public float squaredDistanceSimd() {
        return simd.squaredDistance(a, b);
    }

    @Benchmark
    public float squaredDistanceScalar() {
        return scalar.squaredDistance(a, b);
    }

    @Benchmark
    public float manhattanSimd() {
        return simd.manhattan(a, b);
    }

    @Benchmark
    public float manhattanScalar() {
        return scalar.manhattan(a, b);
    }

    /** All {@link #CENTROIDS} distances of a query. */
    @Benchmark
    public float[] scanTransposedSimd() {
        simd.scanTransposed(a, blocks, distances);
        return distances;
    }

    @Benchmark
    public float[] scanTransposedScalar() {
        scalar.scanTransposed(a, blocks, distances);
        return distances;
    }
}
