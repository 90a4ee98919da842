package io.voronode.engine.clustering;

import java.util.Arrays;

/** Quickselect (Hoare) over distinct longs. */
final class LongSelection {

    private LongSelection() {}

    /** Moves the n smallest to the front, in order; the rest is left in any order. */
    static void sortSmallest(long[] values, int n) {
        int from = 0;
        int to = values.length - 1;
        while (n < values.length && from < to) {
            int split = partition(values, from, to);
            if (split < n) {
                from = split + 1;
            } else {
                to = split;
            }
        }
        Arrays.sort(values, 0, n);
    }

    /** Splits [from, to] so that everything up to the returned index is no larger than everything after it. */
    private static int partition(long[] values, int from, int to) {
        long pivot = values[(from + to) >>> 1];
        int i = from - 1;
        int j = to + 1;
        while (true) {
            do {
                i++;
            } while (values[i] < pivot);
            do {
                j--;
            } while (values[j] > pivot);
            if (i >= j) {
                return j;
            }
            long swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
