package io.voronode.engine.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.RecordKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Estimates against true distances, over random vectors around a centroid that is off the origin. Queries lie in no
 * relation to the vectors: near ones are estimated better than ε says.
 */
class RabitqTest {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int PAIRS = 4000;

    /** Φ(−1.9), the share of lower bounds that lie above the true distance. */
    private static final double MISSED = 0.0287;

    @ParameterizedTest
    @ValueSource(ints = {32, 100, 200, 384, 768})
    void scanCodesAreUnbiasedAndMissTheirBoundAsOftenAsEpsilonSays(int dimension) {
        double[] figures = compare(dimension, true);
        assertThat(figures[0]).as("mean error, in σ").isCloseTo(0, within(0.08));
        assertThat(figures[1]).as("share of missed bounds").isCloseTo(MISSED, within(0.012));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 100, 200, 384, 768})
    void fourBitCodesAreUnbiasedAndMissTheirBoundAsOftenAsEpsilonSays(int dimension) {
        double[] figures = compare(dimension, false);
        assertThat(figures[0]).as("mean error, in σ").isCloseTo(0, within(0.08));
        assertThat(figures[1]).as("share of missed bounds").isCloseTo(MISSED, within(0.012));
    }

    /** Mean of (estimate − truth)/σ, and the share of lower bounds above the truth. */
    private static double[] compare(int dimension, boolean scan) {
        SplittableRandom random = new SplittableRandom(dimension);
        Rotation rotation = Rotation.of(dimension, dimension);
        float[] origin = Data.gaussian(random, dimension);
        float[] centroid = plus(origin, Data.gaussian(random, dimension), 0.5f);
        RabitqEncoder encoder = new RabitqEncoder(rotation, origin, null);
        encoder.setCentroid(centroid);
        RabitqQuery query = new RabitqQuery(rotation, origin, null);
        VectorCode code = new VectorCode(RabitqCode.scanBytes(dimension), RabitqCode.recordBytes(dimension));
        double errors = 0;
        int missed = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            float[] vector = plus(centroid, Data.gaussian(random, dimension), 0.8f);
            float[] asked = plus(centroid, Data.gaussian(random, dimension), 0.7f);
            encoder.encode(vector, 0, code);
            query.set(asked);
            double truth = squaredDistance(vector, asked);
            double toCentroid = squaredDistance(asked, centroid);
            float distance = (float) Math.sqrt(toCentroid);
            double estimate =
                    toCentroid + (scan ? scanned(query, code, distance, 0) : refined(query, code, distance, 0));
            double bound =
                    toCentroid + (scan ? scanned(query, code, distance, 1.9f) : refined(query, code, distance, 1.9f));
            errors += (estimate - truth) / ((estimate - bound) / 1.9);
            missed += bound > truth ? 1 : 0;
        }
        return new double[] {errors / PAIRS, (double) missed / PAIRS};
    }

    /** The estimate less ‖q−c‖², by the formula of {@link RabitqCode}. */
    private static double scanned(RabitqQuery query, VectorCode code, float distance, float epsilon) {
        int bits = ScanCode.of(query.rotated().length).bits();
        double dot = 0;
        for (int i = 0; i < code.scan().length * Byte.SIZE / bits; i++) {
            int level = code.scan()[i * bits / Byte.SIZE] >>> (i * bits % Byte.SIZE) & ((1 << bits) - 1);
            dot += (level - ((1 << bits) - 1) / 2.0) * query.rotated()[i];
        }
        double margin = query.scanShift(distance, epsilon) - query.scanShift(distance, 0);
        return RabitqCode.scanAddend(code) + RabitqCode.scanFactor(code) * (dot + margin);
    }

    private static double refined(RabitqQuery query, VectorCode code, float distance, float epsilon) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(code.record().length).copyFrom(MemorySegment.ofArray(code.record()));
            float[] dot = new float[1];
            RecordKernels.best().fourBitDots(query.rotated(), record, 0, code.record().length, new int[] {0}, 1, dot);
            long factors = code.record().length - 4L * Float.BYTES;
            return record.get(FLOAT, factors)
                    + record.get(FLOAT, factors + Float.BYTES)
                            * (dot[0] + query.fourBitShift() + query.fourBitMargin(distance, epsilon));
        }
    }

    @Test
    void oneOutlierDoesNotSpoilTheBoundsOfItsBlock() {
        int dimension = 768;
        SplittableRandom random = new SplittableRandom(9);
        Rotation rotation = Rotation.of(dimension, dimension);
        float[] centroid = new float[dimension];
        RabitqEncoder encoder = new RabitqEncoder(rotation, centroid, null);
        encoder.setCentroid(centroid);
        VectorCode code = new VectorCode(RabitqCode.scanBytes(dimension), RabitqCode.recordBytes(dimension));
        RabitqQuery query = new RabitqQuery(rotation, centroid, null);
        CodeBlock block = new CodeBlock(code.scan().length);
        float[][] vectors = Data.gaussian(random, CodeKernels.LANES, dimension);
        vectors[20] = plus(centroid, vectors[20], 60);
        for (float[] vector : vectors) {
            encoder.encode(vector, 0, code);
            block.add(code);
        }
        MemorySegment bytes = MemorySegment.ofArray(block.bytes());
        float[] bounds = new float[CodeKernels.LANES];
        int missed = 0;
        for (int i = 0; i < PAIRS; i++) {
            int wanted = i % CodeKernels.LANES;
            float[] asked = plus(vectors[wanted], Data.gaussian(random, dimension), 0.5f);
            query.set(asked);
            float distance = (float) Math.sqrt(squaredDistance(asked, centroid));
            double truth = squaredDistance(vectors[wanted], asked);
            // As near as a vector must be to be among the nearest: that is all that its estimate may err by.
            float shift = query.scanShift((float) Math.sqrt(truth), 1.9f);
            CodeKernels.best().lowerBounds(bytes, 0, CodeKernels.LANES, query.tables(), shift, bounds);
            missed += bounds[wanted] + distance * distance > truth ? 1 : 0;
        }
        assertThat((double) missed / PAIRS).as("share of missed bounds").isLessThan(MISSED + 0.012);
    }

    @Test
    void vectorOnItsCentroidHasNoErrorAtAll() {
        float[] centroid = Data.gaussian(new SplittableRandom(3), 100);
        RabitqEncoder encoder = new RabitqEncoder(Rotation.of(1, 100), new float[100], null);
        encoder.setCentroid(centroid);
        VectorCode code = new VectorCode(RabitqCode.scanBytes(100), RabitqCode.recordBytes(100));
        encoder.encode(centroid, 0, code);
        assertThat(RabitqCode.scanAddend(code)).isZero();
        assertThat(RabitqCode.scanFactor(code)).isZero();
    }

    @Test
    void vectorThatOverflowsIsNearerThanAnyLimit() {
        float[] huge = new float[100];
        Arrays.fill(huge, 3e38f);
        RabitqEncoder encoder = new RabitqEncoder(Rotation.of(1, 100), new float[100], null);
        encoder.setCentroid(new float[100]);
        VectorCode code = new VectorCode(RabitqCode.scanBytes(100), RabitqCode.recordBytes(100));
        encoder.encode(huge, 0, code);
        assertThat(RabitqCode.scanAddend(code)).isLessThan(-1e37f);
        assertThat(RabitqCode.scanFactor(code)).isZero();
    }

    private static float[] plus(float[] a, float[] b, float scale) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += scale * b[i];
        }
        return sum;
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }
}
