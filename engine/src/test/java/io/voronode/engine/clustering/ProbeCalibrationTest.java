package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ProbeCalibrationTest {

    private static final String DIGEST = "ab".repeat(32);

    /** Efforts 1, 2^⅛, 2^¼, 2^⅜. */
    private static final RecallCurve TEN =
            new RecallCurve(10, 400, new float[] {0.5f, 0.7f, 0.9f, 1}, new float[4], new float[] {1, 2, 3, 4});

    /** Eight points, one doubling, dearer than k = 10. */
    private static final RecallCurve THOUSAND = new RecallCurve(
            1_000, 50, new float[] {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.7f, 0.9f, 1}, new float[9], new float[] {
                1, 1, 1, 1, 1, 1, 6, 7, 8
            });

    @Test
    void theRuleOfATargetIsReadOffTheCurve() {
        ProbeCalibration calibration = new ProbeCalibration(DIGEST, 4, List.of(TEN));
        assertThat(calibration.rule(10, 0.9).exponent()).isEqualTo(4);
        assertThat(calibration.rule(10, 0.9).effort()).isCloseTo(Math.pow(2, 0.25), within(1e-6));
        assertThat(calibration.rule(10, 0.8).effort()).isCloseTo(Math.pow(2, 1.5 / 8), within(1e-6));
        assertThat(calibration.rule(10, 0.3).effort()).isEqualTo(1);
        assertThat(calibration.recall(10, calibration.rule(10, 0.8))).isCloseTo(0.8, within(1e-6));
        assertThat(calibration.meanProbes(10, calibration.rule(10, 0.8))).isCloseTo(2.5, within(1e-6));
    }

    @Test
    void theTargetIsReachedByTheMeanLessItsStandardError() {
        RecallCurve unsure = new RecallCurve(
                10, 9, new float[] {0.5f, 0.7f, 0.9f}, new float[] {0.1f, 0.1f, 0.1f}, new float[] {1, 2, 3});
        ProbeCalibration calibration = new ProbeCalibration(DIGEST, 4, List.of(unsure));
        assertThat(calibration.recall(10, calibration.rule(10, 0.6))).isCloseTo(0.7, within(1e-6));
    }

    @Test
    void aTargetBeyondTheCurveHasTheEffortOfItsEnd() {
        RecallCurve lossy = new RecallCurve(10, 9, new float[] {0.5f, 0.97f}, new float[2], new float[] {1, 2});
        ProbeCalibration calibration = new ProbeCalibration(DIGEST, 4, List.of(lossy));
        assertThat(calibration.rule(10, 0.99).effort()).isCloseTo(Math.pow(2, 0.125), within(1e-9));
        assertThat(calibration.recall(10, calibration.rule(10, 0.99))).isCloseTo(0.97, within(1e-6));
    }

    @Test
    void effortsOfOtherKLieBetweenAndBeyondTheCalibratedOnes() {
        ProbeCalibration calibration = new ProbeCalibration(DIGEST, 4, List.of(THOUSAND, TEN));
        double ten = calibration.rule(10, 0.9).effort();
        double thousand = calibration.rule(1_000, 0.9).effort();
        assertThat(calibration.rule(100, 0.9).effort()).isCloseTo(Math.sqrt(ten * thousand), within(1e-9));
        assertThat(calibration.rule(3, 0.9).effort()).isEqualTo(ten);
        assertThat(calibration.rule(10_000, 0.9).effort())
                .isCloseTo(thousand * Math.sqrt(thousand / ten), within(1e-9));
    }

    @Test
    void encodingComesBackEqual() {
        ProbeCalibration calibration = new ProbeCalibration(DIGEST, 6, List.of(TEN, THOUSAND));
        ProbeCalibration decoded = ProbeCalibration.decode(calibration.encode());
        assertThat(decoded.encode()).isEqualTo(calibration.encode());
        assertThat(decoded.cellMapDigest()).isEqualTo(DIGEST);
        assertThat(decoded.rule(70, 0.83)).isEqualTo(calibration.rule(70, 0.83));
    }

    @Test
    void everyFlippedByteAndEveryTruncationIsNoticed() {
        byte[] good = new ProbeCalibration(DIGEST, 6, List.of(TEN)).encode();
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            assertThatThrownBy(() -> ProbeCalibration.decode(bad))
                    .as("byte %d", at)
                    .isInstanceOf(CorruptCalibrationException.class);
            byte[] cut = Arrays.copyOf(good, at);
            assertThatThrownBy(() -> ProbeCalibration.decode(cut)).isInstanceOf(CorruptCalibrationException.class);
        }
    }

    @Test
    void laterVersionsAreRefusedByNumber() {
        byte[] later = new ProbeCalibration(DIGEST, 6, List.of(TEN)).encode();
        ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 2);
        assertThatThrownBy(() -> ProbeCalibration.decode(later))
                .hasMessage("calibration of version 2, this reader knows 1");
    }

    @Test
    void goldenFileOfVersionOneIsReadAndWrittenByteForByte() throws IOException {
        byte[] golden = resource("calibration-v1.hex");
        ProbeCalibration calibration = ProbeCalibration.decode(golden);
        assertThat(calibration.encode()).isEqualTo(golden);
        assertThat(new ProbeCalibration(DIGEST, 6, List.of(TEN)).encode()).isEqualTo(golden);
        assertThat(calibration.rule(10, 0.9).exponent()).isEqualTo(6);
        assertThat(calibration).hasToString("ProbeCalibration[exponent 6.0, [k 10: 400 queries]]");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ProbeCalibrationTest.class.getResourceAsStream(name), name)) {
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }
}
