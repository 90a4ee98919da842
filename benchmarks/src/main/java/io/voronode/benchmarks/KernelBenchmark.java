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

    private final VectorKernels simd = new PanamaKernels();
    private final VectorKernels scalar = new ScalarKernels();

    @Param({"100", "384", "768", "1536"})
    int dimension = 384;

    float[] a = {};
    float[] b = {};

    @Setup
    public void setUp() {
        float[][] vectors = SyntheticVectors.clustered(1, 2, dimension, 4);
        a = vectors[0];
        b = vectors[1];
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
}
