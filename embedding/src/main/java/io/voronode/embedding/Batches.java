package io.voronode.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts the texts of a call into batches of similar length, so that little is spent on padding. Pure functions.
 *
 * <p>Both limits are measured, on two cores: batches of 8 and 16 short texts gave 1 130 texts per second, of 32 930, of 64
 * 750 (a batch leaves the cache); of long texts, 4 a batch were as fast as 16 and took a third of a gigabyte less. Small
 * batches also make a single query wait less for its turn.
 */
final class Batches {

    static final int MAX_TEXTS = 16;

    /** Of a batch's rectangle, padding included. */
    static final int MAX_TOKENS = 1024;

    private Batches() {}

    /**
     * Positions of the texts, batch by batch. Longest first: the last batches to finish are then short ones, and no core
     * waits long for another.
     */
    static List<int[]> of(int[] tokenCounts) {
        int[] order = longestFirst(tokenCounts);
        List<int[]> batches = new ArrayList<>();
        int from = 0;
        while (from < order.length) {
            int size = Math.clamp(MAX_TOKENS / tokenCounts[order[from]], 1, MAX_TEXTS);
            int to = Math.min(order.length, from + size);
            batches.add(Arrays.copyOfRange(order, from, to));
            from = to;
        }
        return batches;
    }

    private static int[] longestFirst(int[] tokenCounts) {
        return IntStream.range(0, tokenCounts.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> tokenCounts[i]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
