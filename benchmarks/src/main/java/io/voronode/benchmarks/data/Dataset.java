package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Vectors of one dimension under a name and a metric. Immutable by agreement: the rows are shared by all who measure
 * and never written.
 *
 * @param name as the tables show it
 * @param vectors at least one, finite; of length 1 for COSINE
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of megabytes, shared and never compared
public record Dataset(String name, Metric metric, float[][] vectors) {

    public Dataset {
        if (vectors.length == 0 || vectors[0].length == 0) {
            throw new IllegalArgumentException("data set " + name + " has no vectors");
        }
    }

    /**
     * A data set of vectors as they were found, which it takes over: for COSINE they are scaled to length 1, and zero
     * vectors, which have no direction, are left out.
     */
    public static Dataset ofRaw(String name, Metric metric, float[][] vectors) {
        requireUsable(name, vectors);
        if (metric != Metric.COSINE) {
            return new Dataset(name, metric, vectors);
        }
        return new Dataset(
                name, metric, Arrays.stream(vectors).filter(Vectors::normalize).toArray(float[][]::new));
    }

    private static void requireUsable(String name, float[][] vectors) {
        for (int row = 0; row < vectors.length; row++) {
            if (vectors[row].length != vectors[0].length) {
                throw new IllegalArgumentException("data set " + name + ", row " + row + ": dimension "
                        + vectors[row].length + " != " + vectors[0].length + " of the first");
            }
            int bad = Vectors.firstNonFinite(vectors[row]);
            if (bad >= 0) {
                throw new IllegalArgumentException(
                        "data set " + name + ", row " + row + ": coordinate " + bad + " is " + vectors[row][bad]);
            }
        }
    }

    public int count() {
        return vectors.length;
    }

    public int dimension() {
        return vectors[0].length;
    }

    /** Rows drawn at random, under the same name; all of them if there are no more. */
    public Dataset sample(int rows, long seed) {
        if (rows >= count()) {
            return this;
        }
        int[] drawn = draw(rows, seed);
        Arrays.sort(drawn);
        return new Dataset(name, metric, pick(drawn));
    }

    /**
     * Draws queries and takes them out of the base.
     *
     * @param queries how many, fewer than there are rows
     */
    public Workload holdOut(int queries, long seed) {
        if (queries < 1 || queries >= count()) {
            throw new IllegalArgumentException(queries + " queries of " + count() + " rows");
        }
        int[] drawn = draw(queries, seed);
        boolean[] isQuery = new boolean[count()];
        for (int row : drawn) {
            isQuery[row] = true;
        }
        int[] rest = IntStream.range(0, count()).filter(row -> !isQuery[row]).toArray();
        return new Workload(new Dataset(name, metric, pick(rest)), pick(drawn), seed);
    }

    /** The first steps of a shuffle (Fisher and Yates). */
    private int[] draw(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] rows = IntStream.range(0, count()).toArray();
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i, rows.length);
            int swapped = rows[i];
            rows[i] = rows[j];
            rows[j] = swapped;
        }
        return Arrays.copyOf(rows, n);
    }

    private float[][] pick(int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> vectors[row]).toArray(float[][]::new);
    }
}
