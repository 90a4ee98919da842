package io.voronode.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DatasetTest {

    @Test
    void cosineScalesToLengthOneAndLeavesZeroVectorsOut() {
        Dataset data = Dataset.ofRaw("d", Metric.COSINE, new float[][] {{3, 4}, {0, 0}, {0, -2}});

        assertThat(data.vectors()).isDeepEqualTo(new float[][] {{0.6f, 0.8f}, {0, -1}});
    }

    @Test
    void otherMetricsTakeVectorsAsTheyAre() {
        Dataset data = Dataset.ofRaw("d", Metric.EUCLIDEAN, new float[][] {{3, 4}, {0, 0}});

        assertThat(data.vectors()).isDeepEqualTo(new float[][] {{3, 4}, {0, 0}});
    }

    @Test
    void refusesVectorsOfSeveralDimensionsAndThoseThatAreNotFinite() {
        assertThatThrownBy(() -> Dataset.ofRaw("d", Metric.DOT, new float[][] {{1, 2}, {1}}))
                .hasMessageContaining("row 1: dimension 1 != 2");
        assertThatThrownBy(() -> Dataset.ofRaw("d", Metric.DOT, new float[][] {{1, Float.NaN}}))
                .hasMessageContaining("row 0: coordinate 1 is NaN");
        assertThatThrownBy(() -> Dataset.ofRaw("d", Metric.DOT, new float[0][])).hasMessageContaining("no vectors");
    }

    @Test
    void queriesAreTakenOutOfTheBaseAndDrawnByTheSeed() {
        Dataset data = numbered(100);

        Workload workload = data.holdOut(10, 5);

        assertThat(workload.queries()).hasDimensions(10, 1);
        assertThat(workload.base().count()).isEqualTo(90);
        Set<Float> all = values(workload.queries());
        all.addAll(values(workload.base().vectors()));
        assertThat(all).hasSize(100);
        assertThat(data.holdOut(10, 5).queries()).isDeepEqualTo(workload.queries());
        assertThat(values(data.holdOut(10, 6).queries())).isNotEqualTo(values(workload.queries()));
    }

    @Test
    void refusesMoreQueriesThanRows() {
        assertThatThrownBy(() -> numbered(10).holdOut(10, 1)).hasMessageContaining("10 queries of 10 rows");
    }

    @Test
    void aSampleKeepsTheOrderAndDoesNotRepeatRows() {
        float[] sample = column(numbered(100).sample(20, 3).vectors());

        assertThat(sample).hasSize(20).isSorted().doesNotHaveDuplicates();
        assertThat(numbered(10).sample(20, 3).count()).isEqualTo(10);
    }

    @Test
    void theFingerprintTellsVectorsMetricsAndQueriesApart() {
        Dataset data = numbered(20);
        Dataset renamed = new Dataset("other", data.metric(), data.vectors());
        Dataset dot = new Dataset(data.name(), Metric.DOT, data.vectors());

        assertThat(Fingerprint.of(data)).matches("[0-9a-f]{16}").isEqualTo(Fingerprint.of(renamed));
        assertThat(Fingerprint.of(data)).isNotIn(Fingerprint.of(dot), Fingerprint.of(numbered(21)));
        assertThat(Fingerprint.of(data.holdOut(2, 1))).isNotEqualTo(Fingerprint.of(data.holdOut(2, 2)));
    }

    @Test
    void syntheticVectorsAreUnitVectorsAndAlwaysTheSame() {
        Dataset data = SyntheticEmbeddings.make("s", 50);

        assertThat(data.dimension()).isEqualTo(768);
        assertThat(List.of(data.vectors()))
                .allSatisfy(v -> assertThat(Vectors.norm(v)).isCloseTo(1, within(1e-5)));
        assertThat(SyntheticEmbeddings.make("s", 50).vectors()).isDeepEqualTo(data.vectors());
        assertThat(SyntheticEmbeddings.make("s", 20).vectors()).isDeepEqualTo(Arrays.copyOf(data.vectors(), 20));
    }

    @Test
    void parsesTheWordsOfThePackage() throws IOException {
        String coordinates = IntStream.range(0, 100)
                .mapToObj(i -> String.format(Locale.ROOT, "%.2f", i / 100.0))
                .collect(Collectors.joining(","));
        String json = "{\"precision\":8,\"words\":[\"a\",\"b\"],\"vectors\":{\"a\":[" + coordinates + ",5.7,0],\"b\":["
                + coordinates + ",5.7,1]}}";

        float[][] vectors = GloveWords.parse(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));

        assertThat(vectors).hasDimensions(2, 100);
        assertThat(vectors[1]).startsWith(0, 0.01f, 0.02f).endsWith(0.98f, 0.99f);
    }

    private static Dataset numbered(int count) {
        float[][] vectors =
                IntStream.range(0, count).mapToObj(i -> new float[] {i}).toArray(float[][]::new);
        return new Dataset("numbered", Metric.EUCLIDEAN, vectors);
    }

    private static float[] column(float[][] vectors) {
        float[] column = new float[vectors.length];
        for (int i = 0; i < column.length; i++) {
            column[i] = vectors[i][0];
        }
        return column;
    }

    private static Set<Float> values(float[][] vectors) {
        Set<Float> values = new HashSet<>();
        for (float value : column(vectors)) {
            values.add(value);
        }
        return values;
    }
}
