package io.voronode.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class InterpolationTest {

    @Test
    void isStraightInTheLogarithmOfTheSpeed() {
        List<Measured> curve = List.of(at("M=16 ef=10", 0.90, 1000), at("M=16 ef=20", 1.00, 10));

        assertThat(Interpolation.queriesPerCpuSecond(curve, 0.95).getAsDouble()).isCloseTo(100, within(1e-6));
        assertThat(Interpolation.queriesPerCpuSecond(curve, 0.90)).hasValue(1000);
    }

    @Test
    void aRecallThatWasNotReachedHasNoSpeed() {
        List<Measured> curve = List.of(at("M=16 ef=10", 0.90, 1000), at("M=16 ef=20", 0.98, 10));

        assertThat(Interpolation.queriesPerCpuSecond(curve, 0.99)).isEmpty();
        assertThat(Interpolation.queriesPerCpuSecond(List.of(), 0.5)).isEmpty();
    }

    @Test
    void belowTheLeastEffortItsSpeedIsTakenAsItIs() {
        List<Measured> curve = List.of(at("M=16 ef=10", 0.90, 1000), at("M=16 ef=20", 0.98, 10));

        assertThat(Interpolation.queriesPerCpuSecond(curve, 0.5)).hasValue(1000);
    }

    @Test
    void theBestIndexCountsAndCurvesAreNotMixed() {
        List<Measured> curves = List.of(
                at("M=16 ef=10", 0.90, 1000),
                at("M=16 ef=20", 0.99, 100),
                at("M=32 ef=10", 0.94, 900),
                at("M=32 ef=20", 0.999, 90));

        assertThat(Interpolation.queriesPerCpuSecond(curves, 0.92)).hasValue(900);
    }

    @Test
    void aSettingThatAnotherBeatsIsLeftOut() {
        List<Measured> curve =
                List.of(at("M=16 ef=10", 0.90, 1000), at("M=16 ef=13", 0.92, 10), at("M=16 ef=20", 0.94, 500));

        assertThat(Interpolation.queriesPerCpuSecond(curve, 0.92).getAsDouble())
                .isCloseTo(Math.sqrt(1000.0 * 500), within(1e-6));
    }

    private static Measured at(String setting, double recall, double speed) {
        return new Measured("data", "lucene", "HNSW", setting, 10, recall, speed, 1, 2, null, null, null, null, null);
    }
}
