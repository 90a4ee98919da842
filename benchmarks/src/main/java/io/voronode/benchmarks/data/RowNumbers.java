package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Distances;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A number for each row of a data set, to filter by: each from 0 to count − 1 once. Immutable by agreement.
 *
 * @param name what the numbers have to do with the vectors
 */
@SuppressWarnings("ArrayRecordComponent") // shared and never compared
public record RowNumbers(String name, int[] numbers) {

    /** Nothing: a filter takes a sample of the rows. */
    public static RowNumbers random(Dataset data, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] numbers = IntStream.range(0, data.count()).toArray();
        for (int i = numbers.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = swapped;
        }
        return new RowNumbers("random", numbers);
    }

    /** How near they are to one row, drawn by the seed: a filter takes a region, and most queries lie outside it. */
    public static RowNumbers near(Dataset data, long seed) {
        float[] center = data.vectors()[new SplittableRandom(seed).nextInt(data.count())];
        float[] distances = new float[data.count()];
        IntStream.range(0, distances.length)
                .parallel()
                .forEach(row -> distances[row] = Distances.distance(data.metric(), center, data.vectors()[row]));
        int[] nearestFirst = IntStream.range(0, distances.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> distances[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] numbers = new int[distances.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[nearestFirst[i]] = i;
        }
        return new RowNumbers("near", numbers);
    }

    /** Accepts this share of the rows. */
    public RowFilter below(double share) {
        return new RowFilter(this, (int) Math.round(share * numbers.length));
    }
}
