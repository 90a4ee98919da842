package io.voronode.engine.clustering;

import java.util.stream.IntStream;

/**
 * With how many queries an index is calibrated, and for which numbers of neighbours. Pure.
 *
 * <p>The recall of a query spreads by about 0.2, so a mean of 4 000 is known to 0.003. Each query takes one scan of everything and some of
 * parts; where that would take longer than about a minute of one core, fewer are searched for, but never fewer than
 * 500.
 */
public final class CalibrationPlan {

    private static final int MAX_QUERIES = 4_000;
    private static final int MIN_QUERIES = 500;

    /** Multiply-adds of one scan for each query: about a minute of a core, by 24 s for 8.5e9 of them over codes of 100 coordinates. */
    private static final double SCAN_OPERATIONS = 2.5e10;

    /** A code is scanned in the time of so few of its vector's coordinates: one in so many. */
    private static final int CODE_ADVANTAGE = 16;

    private static final int[] CLASSES = {1, 10, 100, 1_000};

    /** A class is for one query in so many: of many neighbours the mean is known from fewer queries. */
    private static final int[] ONE_QUERY_IN = {1, 1, 4, 16};

    /** So many queries each class gets where there are as many: the mean of fewer may be off by more than 0.02. */
    private static final int LEAST_QUERIES_OF_A_CLASS = 125;

    /** A collection of fewer times k rows is too small to say much about k. */
    private static final int ROWS_PER_NEIGHBOUR = 10;

    private CalibrationPlan() {}

    /**
     * Queries to search for.
     *
     * @param coded whether codes are scanned, and not vectors
     */
    public static int queries(long rows, int dimension, boolean coded) {
        double operations = Math.max(1, rows) * (double) dimension / (coded ? CODE_ADVANTAGE : 1);
        return (int) Math.clamp(SCAN_OPERATIONS / operations, MIN_QUERIES, MAX_QUERIES);
    }

    /**
     * The numbers of neighbours for which the query with this number is searched, ascending, at least one.
     *
     * @param queries of the calibration: of few, more are for large classes
     */
    public static int[] classes(int query, int queries, long rows) {
        int atMost = Math.max(1, queries / LEAST_QUERIES_OF_A_CLASS);
        return IntStream.range(0, CLASSES.length)
                .filter(i -> query % Math.min(atMost, ONE_QUERY_IN[i]) == 0)
                .map(i -> CLASSES[i])
                .filter(k -> k == CLASSES[0] || (long) k * ROWS_PER_NEIGHBOUR <= rows)
                .toArray();
    }
}
