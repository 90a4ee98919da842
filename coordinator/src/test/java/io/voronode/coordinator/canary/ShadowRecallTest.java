package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.v1.Hit;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShadowRecallTest {
    private static Hit hit(String key, double distance) {
        return Hit.newBuilder().setKey(key).setDistance(distance).build();
    }

    private final List<Hit> truth = List.of(hit("a", 1), hit("b", 2), hit("c", 3), hit("d", 3));

    @Test
    void isTheShareOfTheTrueHitsThatTheAnswerHas() {
        assertThat(ShadowRecall.of(List.of(hit("a", 1), hit("c", 3), hit("x", 4), hit("y", 5)), truth))
                .isEqualTo(0.5);
        assertThat(ShadowRecall.of(truth, truth)).isEqualTo(1);
        assertThat(ShadowRecall.of(List.of(), truth)).isZero();
    }

    @Test
    void aHitAsFarAsTheLastTrueOneIsAsGood() {
        assertThat(ShadowRecall.of(List.of(hit("a", 1), hit("b", 2), hit("c", 3), hit("e", 3)), truth))
                .isEqualTo(1);
    }

    @Test
    void aTrueHitCountsWhateverItsDistanceWasRoundedTo() {
        assertThat(ShadowRecall.of(List.of(hit("a", 1), hit("b", 2), hit("d", 3.000001)), truth))
                .isEqualTo(0.75);
    }
}
