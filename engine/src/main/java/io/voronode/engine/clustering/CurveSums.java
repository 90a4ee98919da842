package io.voronode.engine.clustering;

import java.util.stream.IntStream;

/** Sums over queries from which the points of a {@link RecallCurve} follow. Owned by one thread. */
final class CurveSums {

    /** Enough for the effort that the farthest of 2²⁰ cells take, when they are 32 times as far as the nearest. */
    private static final int POINTS = 60 * RecallCurve.STEPS_PER_DOUBLING + 1;

    private static final double[] LOG_EFFORTS = IntStream.range(0, POINTS)
            .mapToDouble(point -> Math.log(RecallCurve.effort(point)))
            .toArray();

    private final double[] recalls = new double[POINTS];
    private final double[] squares = new double[POINTS];
    private final double[] probes = new double[POINTS];
    private int queries;

    /**
     * Replays a query under growing effort.
     *
     * @param logRatios ln(d<sub>P+1</sub> / d<sub>1</sub>) at P, from 1; as many as cells
     * @param ranks ascending ranks of the cells with its neighbours, at least one
     */
    void add(float exponent, double[] logRatios, int[] ranks) {
        int cells = 1;
        int found = 0;
        for (int point = 0; point < POINTS; point++) {
            while (cells < logRatios.length && Math.log(cells) + exponent * logRatios[cells] < LOG_EFFORTS[point]) {
                cells++;
            }
            while (found < ranks.length && ranks[found] < cells) {
                found++;
            }
            double recall = (double) found / ranks.length;
            recalls[point] += recall;
            squares[point] += recall * recall;
            probes[point] += cells;
        }
        queries++;
    }

    RecallCurve curve(int k) {
        int points = 1;
        while (points < POINTS && recalls[points - 1] < recalls[POINTS - 1]) {
            points++;
        }
        float[] errors = new float[points];
        for (int i = 0; i < points; i++) {
            double mean = recalls[i] / queries;
            double variance = Math.max(0, squares[i] / queries - mean * mean);
            errors[i] = (float) Math.sqrt(variance / queries);
        }
        return new RecallCurve(k, queries, means(recalls, points), errors, means(probes, points));
    }

    private float[] means(double[] values, int points) {
        float[] means = new float[points];
        for (int i = 0; i < points; i++) {
            means[i] = (float) (values[i] / queries);
        }
        return means;
    }
}
