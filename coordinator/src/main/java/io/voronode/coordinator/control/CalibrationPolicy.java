package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.v1.IndexKind;
import java.util.stream.IntStream;

/**
 * What is calibrated, and with how many queries. Pure.
 *
 * <p>The recall of a query spreads by about 0.2, so a mean of 4 000 is known to 0.003. Each query takes about four scans of everything;
 * where that would take longer than some ten seconds of one core, fewer are searched for, but never fewer than 500.
 */
final class CalibrationPolicy {
    private static final int MAX_QUERIES = 4_000;
    private static final int MIN_QUERIES = 500;
    /** Multiply-adds of one scan for each query, about three seconds of a core. */
    private static final double SCAN_OPERATIONS = 2.5e10;
    /** A code is scanned in the time of so few of its vector's coordinates: one in so many. */
    private static final int CODE_ADVANTAGE = 16;

    private static final int[] CLASSES = {1, 10, 100, 1_000};
    /** Classes from here on are for one query in eight: there are many neighbours in each to take the mean of. */
    private static final int RARE_CLASS = 1_000;

    private static final int RARE_ONE_IN = 8;
    /** A collection of fewer times k rows is too small to say much about k. */
    private static final int ROWS_PER_NEIGHBOUR = 10;

    private CalibrationPolicy() {}

    /** Whether the generation's searches leave cells out, so that there is something to calibrate. */
    static boolean applies(GenerationNode generation) {
        return generation.getCellCount() > 1 && generation.getIndexKind() != IndexKind.INDEX_KIND_FLAT_VALUE;
    }

    static int queries(GenerationNode generation, int dimension, long rows) {
        boolean coded = generation.getIndexKind() != IndexKind.INDEX_KIND_IVF_FLAT_VALUE;
        double operations = Math.max(1, rows) * (double) dimension / (coded ? CODE_ADVANTAGE : 1);
        return (int) Math.clamp(SCAN_OPERATIONS / operations, MIN_QUERIES, MAX_QUERIES);
    }

    /** The numbers of neighbours that the query with this number is searched with, ascending. */
    static int[] classes(int query, long rows) {
        return IntStream.of(CLASSES)
                .filter(k -> k == CLASSES[0] || (long) k * ROWS_PER_NEIGHBOUR <= rows)
                .filter(k -> k < RARE_CLASS || query % RARE_ONE_IN == 0)
                .toArray();
    }
}
