package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistancesTest {

    @Test
    void internalDistancesFollowTheMetric() {
        float[] a = {3, 4};
        float[] b = {0, 8};
        assertThat(Distances.distance(Metric.EUCLIDEAN, a, b)).isEqualTo(25);
        assertThat(Distances.distance(Metric.DOT, a, b)).isEqualTo(-32);
        assertThat(Distances.distance(Metric.MANHATTAN, a, b)).isEqualTo(7);
        assertThat(Distances.distance(Metric.COSINE, new float[] {0.6f, 0.8f}, new float[] {0, 1}))
                .isCloseTo(0.2f, within(1e-6f));
    }

    @Test
    void reportedDistanceIsTheRootForEuclideanAlone() {
        assertThat(Distances.reported(Metric.EUCLIDEAN, 25)).isEqualTo(5);
        assertThat(Distances.reported(Metric.DOT, -32)).isEqualTo(-32);
        assertThat(Distances.reported(Metric.MANHATTAN, 7)).isEqualTo(7);
        assertThat(Distances.reported(Metric.COSINE, -1e-7f)).isZero();
    }

    @Test
    void scoresAreThoseOfTheTable() {
        assertThat(Distances.score(Metric.EUCLIDEAN, 25)).isEqualTo(1 / 26f);
        assertThat(Distances.score(Metric.COSINE, 0.2f)).isCloseTo(0.9f, within(1e-6f));
        assertThat(Distances.score(Metric.DOT, -32)).isEqualTo(33);
        assertThat(Distances.score(Metric.DOT, 1)).isEqualTo(0.5f);
        assertThat(Distances.score(Metric.MANHATTAN, 7)).isEqualTo(1 / 8f);
    }

    @ParameterizedTest
    @EnumSource
    void scoreFallsAsDistanceGrows(Metric metric) {
        float previous = Float.POSITIVE_INFINITY;
        for (float distance = metric == Metric.DOT ? -3 : 0; distance < 2; distance += 0.125f) {
            float score = Distances.score(metric, distance);
            assertThat(score).isPositive().isLessThan(previous);
            previous = score;
        }
    }

    @ParameterizedTest
    @EnumSource
    void wireNumbersLeadBackToTheMetric(Metric metric) {
        assertThat(Metric.ofWireNumber(metric.wireNumber())).isSameAs(metric);
    }
}
