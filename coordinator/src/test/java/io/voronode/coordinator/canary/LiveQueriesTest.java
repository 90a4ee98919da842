package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LiveQueriesTest {
    private final SplittableRandom random = new SplittableRandom(5);

    private LiveQueries queries(int dimension) {
        return new LiveQueries(dimension, random::nextDouble);
    }

    @Test
    void keepsEveryQueryUntilItIsFull() {
        LiveQueries queries = queries(8);
        for (int i = 0; i < 500; i++) {
            queries.add(new float[] {i});
        }

        assertThat(queries.vectors()).hasSize(500);
    }

    @Test
    void allQueriesSinceItWasBegunAreEquallyLikely() {
        LiveQueries queries = queries(8);
        int seen = 4 * LiveQueries.MAX_QUERIES;
        for (int i = 0; i < seen; i++) {
            queries.add(new float[] {i});
        }

        assertThat(queries.vectors()).hasSize(LiveQueries.MAX_QUERIES);
        // Half of them, give or take four standard deviations.
        assertThat(queries.vectors().stream()
                        .filter(vector -> 2 * vector[0] < seen)
                        .count())
                .isBetween(210L, 302L);
    }

    @Test
    void aHundredAreEnough() {
        LiveQueries queries = queries(8);
        for (int i = 0; i < 99; i++) {
            queries.add(new float[] {i});
        }
        assertThat(queries.areEnough()).isFalse();

        queries.add(new float[] {99});
        assertThat(queries.areEnough()).isTrue();
    }

    @Test
    void longVectorsAreFewer() {
        LiveQueries queries = queries(4_096);
        for (int i = 0; i < 300; i++) {
            queries.add(new float[] {i});
        }

        assertThat(queries.vectors()).hasSize(128);
        assertThat(queries.areEnough()).isTrue();
    }
}
