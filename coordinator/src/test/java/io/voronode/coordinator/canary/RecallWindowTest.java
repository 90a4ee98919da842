package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.canary.RecallWindow.Observation;
import io.voronode.coordinator.canary.RecallWindow.Plan;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RecallWindowTest {
    private static final Plan PLAN = new Plan(1, ByteString.copyFromUtf8("a"));
    private static final Plan RENEWED = new Plan(1, ByteString.copyFromUtf8("b"));
    private static final Offset<Double> ROUNDING = Offset.offset(1e-9);

    private final RecallWindow window = new RecallWindow();

    private void add(Plan plan, int count, double recall, double target, double promised) {
        IntStream.range(0, count).forEach(i -> window.add(plan, new Observation(recall, target, promised)));
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(window.meanRecall()).isNaN();
        assertThat(window.meanExcess()).isNaN();
        assertThat(window.drift()).isEmpty();
    }

    @Test
    void theMeanExcessIsOfSearchesWithATarget() {
        add(PLAN, 1, 0.9, 0.8, 0.8);
        add(PLAN, 1, 0.7, 0.9, 0.9);
        add(PLAN, 2, 0.2, Double.NaN, Double.NaN);

        assertThat(window.meanRecall()).isCloseTo(0.5, ROUNDING);
        assertThat(window.meanExcess()).isCloseTo(-0.05, ROUNDING);
    }

    @Test
    void keepsTheLastThousand() {
        add(PLAN, 1_000, 0.1, 0.9, 0.9);
        add(PLAN, 999, 1, 0.9, 0.9);

        assertThat(window.meanRecall()).isCloseTo(0.9991, ROUNDING);
    }

    @Test
    void beginsAnewWithAnotherCalibration() {
        add(PLAN, 500, 0.1, 0.9, 0.9);
        add(RENEWED, 1, 0.95, 0.9, 0.9);

        assertThat(window.meanRecall()).isCloseTo(0.95, ROUNDING);
    }

    @Test
    void driftsWhenAHundredSearchesMissTheirTargetsByMoreThanTwoHundredths() {
        add(PLAN, 99, 0.87, 0.9, 0.9);
        assertThat(window.drift()).isEmpty();

        add(PLAN, 1, 0.87, 0.9, 0.9);
        assertThat(window.drift().orElseThrow()).isCloseTo(0.03, ROUNDING);
    }

    @Test
    void doesNotDriftWhereSearchesMissByLess() {
        add(PLAN, 100, 0.885, 0.9, 0.9);

        assertThat(window.drift()).isEmpty();
    }

    @Test
    void missingWhatTheCalibrationDoesNotPromiseIsNoDrift() {
        add(PLAN, 200, 0.9, 0.99, 0.9);
        add(PLAN, 200, 0.1, 0.9, Double.NaN);
        add(PLAN, 200, 0.1, Double.NaN, Double.NaN);

        assertThat(window.meanExcess()).isCloseTo(-0.445, ROUNDING);
        assertThat(window.drift()).isEmpty();
    }

    @Test
    void aDifferenceThatMayBeByChanceIsNoDrift() {
        // Of k = 1: found or not.
        add(PLAN, 90, 1, 0.95, 0.95);
        add(PLAN, 10, 0, 0.95, 0.95);
        assertThat(window.drift()).isEmpty();

        add(PLAN, 810, 1, 0.95, 0.95);
        add(PLAN, 90, 0, 0.95, 0.95);
        assertThat(window.drift().orElseThrow()).isCloseTo(0.05, ROUNDING);
    }
}
