package io.voronode.benchmarks;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.simd.Metric;
import java.util.Arrays;
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

/** Training of cells, the assignment of vectors, as ingest does it, and the ranking of cells for a query. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class CellTrainingBenchmark {

    static final int BATCH = 256;
    static final int RANKED = 32;

    @Param("20000")
    int count = 20_000;

    @Param("384")
    int dimension = 384;

    @Param("80")
    int cells = 80;

    float[][] vectors = {};
    private CellMap map = CellMap.single(Metric.COSINE, 1);
    private int next;

    @Setup
    public void setUp() {
        vectors = SyntheticVectors.clustered(7, count, dimension, 300);
        map = train();
    }

    /** The whole training, two threads. */
    @Benchmark
    public CellMap train() {
        return CellTrainer.train(vectors, new CellTraining(Metric.COSINE, dimension, cells, 1, 7, 2), () -> false);
    }

    @Benchmark
    public int assignOne() {
        next = (next + 1) % count;
        return map.nearestCell(vectors[next]);
    }

    /** {@link #BATCH} vectors at once. */
    @Benchmark
    public int[] assignBatch() {
        return map.nearestCells(Arrays.asList(vectors).subList(0, BATCH));
    }

    /** The {@link #RANKED} cells nearest to a query. */
    @Benchmark
    public RankedCells rank() {
        next = (next + 1) % count;
        return map.rank(vectors[next], RANKED);
    }
}
