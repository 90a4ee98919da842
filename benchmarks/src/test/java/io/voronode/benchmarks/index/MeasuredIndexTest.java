package io.voronode.benchmarks.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.measure.Sweep;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every index finds what is there, at a size at which a build takes no time. */
final class MeasuredIndexTest {

    private static final int ROWS = 2_000;
    private static final int K = 10;
    private static final int CELLS = 20;
    private static final GraphSetting SETTING = new GraphSetting(8, 40);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyIndexFindsTheNearestRowsWithEffortEnough(Metric metric) throws IOException {
        Workload workload = workload(metric);
        GroundTruth truth = GroundTruth.compute(workload);
        for (MeasuredIndex index : all(workload.base())) {
            try (index) {
                boolean isGraph = index.facts().effortName().equals("ef");
                double little = recall(index, workload, truth, isGraph ? K : 1);
                double much = recall(index, workload, truth, isGraph ? 400 : CELLS);

                assertThat(little).as(index.facts().toString()).isBetween(0.05, 0.99);
                assertThat(much).as(index.facts().toString()).isGreaterThan(0.99);
            }
        }
    }

    @Test
    void factsTellWhatAnIndexCosts() throws IOException {
        for (MeasuredIndex index : all(workload(Metric.COSINE).base())) {
            try (index) {
                assertThat(index.facts().indexBytes()).isGreaterThan(ROWS * 16 * 4 / 2);
                assertThat(index.facts().scanBytesPerVector()).isBetween(4.0, 16.0 * 4 + 4);
                assertThat(index.facts().buildCpuSeconds()).isPositive();
                assertThat(index.search(workload(Metric.COSINE).queries()[0], K, 50)
                                .bytesRead())
                        .isPositive();
            }
        }
    }

    @Test
    void aPeersIndexIsBuiltOnceAndVoronodesIsGoneWhenClosed() throws IOException {
        Dataset base = workload(Metric.COSINE).base();
        IOUtils.close(all(base));
        double cost = costOfLucene(base);

        assertThat(costOfLucene(base)).isEqualTo(cost);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(folder.resolve("peers"));
        }
    }

    @Test
    void aSweepStopsAtTheFirstEffortWithEnoughRecall() throws IOException {
        Workload workload = workload(Metric.COSINE);
        try (VoronodeIndex index = voronode(workload.base())) {
            List<Measured> results = new Sweep(workload, GroundTruth.compute(workload), K, 3).measure(List.of(index));

            assertThat(results).hasSizeGreaterThan(1);
            assertThat(results).extracting(Measured::recall).isSorted();
            assertThat(results.getLast().recall()).isGreaterThanOrEqualTo(0.99);
            assertThat(results.getFirst().setting()).matches("cells=20 nprobe=\\d+");
            assertThat(results).allSatisfy(each -> {
                assertThat(each.queriesPerCpuSecond()).isPositive();
                assertThat(each.p99Micros()).isGreaterThanOrEqualTo(each.p50Micros());
            });
        }
    }

    private double costOfLucene(Dataset base) throws IOException {
        try (LuceneGraph graph =
                LuceneGraph.open(base, LuceneGraph.Kind.HNSW, SETTING, PeerShelf.of(base, new Cache(folder)))) {
            return graph.facts().buildCpuSeconds();
        }
    }

    private List<MeasuredIndex> all(Dataset base) throws IOException {
        PeerShelf shelf = PeerShelf.of(base, new Cache(folder));
        List<MeasuredIndex> indexes = new ArrayList<>();
        indexes.add(voronode(base));
        for (LuceneGraph.Kind kind : LuceneGraph.Kind.values()) {
            if (LuceneGraph.supports(base.metric())) {
                indexes.add(LuceneGraph.open(base, kind, SETTING, shelf));
            }
        }
        for (JVectorGraph.Kind kind : JVectorGraph.Kind.values()) {
            if (JVectorGraph.supports(base.metric())) {
                indexes.add(JVectorGraph.open(base, kind, SETTING, shelf));
            }
        }
        return indexes;
    }

    private VoronodeIndex voronode(Dataset base) throws IOException {
        return VoronodeIndex.build(
                base, TrainedCells.train(base, CELLS, IndexKind.IVF_FLAT), IndexKind.IVF_FLAT, new Cache(folder));
    }

    private static double recall(MeasuredIndex index, Workload workload, GroundTruth truth, int effort)
            throws IOException {
        double recall = 0;
        for (int i = 0; i < workload.queries().length; i++) {
            recall += truth.recall(
                    i, index.search(workload.queries()[i], K, effort).rows(), K);
        }
        return recall / workload.queries().length;
    }

    private static Workload workload(Metric metric) {
        SplittableRandom random = new SplittableRandom(3);
        float[][] vectors = new float[ROWS][16];
        for (float[] vector : vectors) {
            for (int d = 0; d < vector.length; d++) {
                vector[d] = (float) random.nextGaussian();
            }
        }
        return Dataset.ofRaw("random", metric, vectors).holdOut(50, 1);
    }
}
