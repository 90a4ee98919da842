package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Distances;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The exact nearest rows of every query of a workload, by comparing it with every row. Immutable; any thread may ask.
 *
 * <p>Data sets hold equal vectors (a word in two spellings, two meanings with one gloss), so the k nearest are not one
 * set: a hit counts when it is no farther than the k-th nearest, whichever row it is.
 */
public final class GroundTruth {

    /** Neighbours kept for a query: enough for any k that is measured. */
    public static final int DEPTH = 100;

    /** Queries that one task compares with a row while it is in the processor's cache. */
    private static final int QUERIES_TOGETHER = 16;

    private final Workload workload;
    private final int[][] nearest;

    private GroundTruth(Workload workload, int[][] nearest) {
        this.workload = workload;
        this.nearest = nearest;
    }

    /** From the cache, where it is put the first time. */
    public static GroundTruth of(Workload workload, Cache cache) throws IOException {
        Path file = cache.entry(
                "truths/" + Fingerprint.of(workload) + ".rows",
                entry -> compute(workload).write(entry));
        return read(workload, file);
    }

    /** Computes it on all processors. */
    public static GroundTruth compute(Workload workload) {
        int queries = workload.queries().length;
        int[][] nearest = IntStream.range(0, (queries + QUERIES_TOGETHER - 1) / QUERIES_TOGETHER)
                .parallel()
                .mapToObj(group ->
                        nearest(workload, group * QUERIES_TOGETHER, Math.min(queries, (group + 1) * QUERIES_TOGETHER)))
                .flatMap(Arrays::stream)
                .toArray(int[][]::new);
        return new GroundTruth(workload, nearest);
    }

    private static int[][] nearest(Workload workload, int from, int to) {
        Dataset base = workload.base();
        NearestRows[] heaps = IntStream.range(from, to)
                .mapToObj(query -> new NearestRows(Math.min(DEPTH, base.count())))
                .toArray(NearestRows[]::new);
        for (int row = 0; row < base.count(); row++) {
            for (int i = 0; i < heaps.length; i++) {
                heaps[i].offer(row, distance(workload, from + i, row));
            }
        }
        return Arrays.stream(heaps).map(NearestRows::rows).toArray(int[][]::new);
    }

    private static float distance(Workload workload, int query, int row) {
        Dataset base = workload.base();
        return Distances.distance(base.metric(), workload.queries()[query], base.vectors()[row]);
    }

    /** The rows nearest to a query, nearest first, equal distances by row: {@link #DEPTH}, or all there are. Borrowed. */
    public int[] nearest(int query) {
        return nearest[query];
    }

    /**
     * The share of a query's k nearest that an answer found.
     *
     * @param rows the answer, at most k distinct rows
     * @param k at most {@link #DEPTH}
     */
    public double recall(int query, int[] rows, int k) {
        if (rows.length > k || Arrays.stream(rows).distinct().count() != rows.length) {
            throw new IllegalArgumentException("not " + k + " distinct rows: " + Arrays.toString(rows));
        }
        int wanted = Math.min(k, nearest[query].length);
        double farthest = IntStream.range(0, wanted)
                .mapToDouble(rank -> repeatableDistance(query, nearest[query][rank]))
                .max()
                .orElse(Double.NEGATIVE_INFINITY);
        long found = Arrays.stream(rows)
                .filter(row -> repeatableDistance(query, row) <= farthest)
                .count();
        return (double) found / wanted;
    }

    /**
     * The internal distance as plain arithmetic gives it. A vector kernel adds the lanes of its sum in another order when it is compiled than before, so that
     * two calls for one pair may differ in the last bit, and the k-th nearest be farther than itself.
     */
    private double repeatableDistance(int query, int row) {
        float[] a = workload.queries()[query];
        float[] b = workload.base().vectors()[row];
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += switch (workload.base().metric()) {
                case EUCLIDEAN -> difference * difference;
                case MANHATTAN -> Math.abs(difference);
                case COSINE, DOT -> -(double) a[i] * b[i];
            };
        }
        return sum;
    }

    /** Big-endian int32: queries, rows for each, then the rows. */
    private void write(Path file) throws IOException {
        try (OutputStream stream = Files.newOutputStream(file);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream))) {
            out.writeInt(nearest.length);
            out.writeInt(nearest[0].length);
            for (int[] rows : nearest) {
                for (int row : rows) {
                    out.writeInt(row);
                }
            }
        }
    }

    private static GroundTruth read(Workload workload, Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
        int[][] nearest = new int[in.getInt()][in.getInt()];
        for (int[] rows : nearest) {
            in.asIntBuffer().get(rows);
            in.position(in.position() + rows.length * Integer.BYTES);
        }
        return new GroundTruth(workload, nearest);
    }
}
