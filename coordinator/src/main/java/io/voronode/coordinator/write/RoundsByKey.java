package io.voronode.coordinator.write;

import io.voronode.wire.VoronodeException.BadInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * What becomes of several writes of one key in one request: they act as if one were written after the other. A write that says all
 * about its key makes the one before it needless, unless either has a condition; what is left is sent in rounds, in none of
 * which a key stands twice. Pure.
 */
final class RoundsByKey {
    /** Writes of one key, and so rounds, of a request. */
    static final int MAX_OF_A_KEY = 16;

    private RoundsByKey() {}

    /**
     * The writes that are to be sent; the others are answered.
     *
     * @param indexes of the valid writes of the request, ascending
     * @param isWhole whether the write says all about its key and has no condition
     */
    static List<Integer> kept(List<Integer> indexes, IntFunction<String> keyOf, IntPredicate isWhole, Results results) {
        Map<String, Integer> later = new HashMap<>();
        List<Integer> kept = new ArrayList<>();
        for (int index : indexes.reversed()) {
            Integer next = later.get(keyOf.apply(index));
            if (next != null && isWhole.test(index) && isWhole.test(next)) {
                results.superseded(index, next);
            } else {
                later.put(keyOf.apply(index), index);
                kept.add(index);
            }
        }
        Collections.reverse(kept);
        return bounded(kept, keyOf, results);
    }

    private static List<Integer> bounded(List<Integer> indexes, IntFunction<String> keyOf, Results results) {
        List<List<Integer>> rounds = rounds(indexes, keyOf::apply);
        if (rounds.size() <= MAX_OF_A_KEY) {
            return indexes;
        }
        rounds.subList(MAX_OF_A_KEY, rounds.size())
                .forEach(round -> round.forEach(index -> results.failed(
                        index,
                        new BadInput("record " + index + ": its key stands in more than " + MAX_OF_A_KEY
                                + " records of the request that must be written one after the other"))));
        return rounds.subList(0, MAX_OF_A_KEY).stream()
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    /** The first write of each key, then the second of each, and so on; in each round in the order given. */
    static <T> List<List<T>> rounds(List<T> writes, Function<? super T, String> keyOf) {
        List<List<T>> rounds = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (T write : writes) {
            int round = seen.merge(keyOf.apply(write), 1, Integer::sum) - 1;
            if (round == rounds.size()) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(round).add(write);
        }
        return rounds;
    }
}
