package io.voronode.coordinator.write;

import io.voronode.proto.v1.RecordResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The records of a stream that were not written, or perhaps not, for a reason that passes. An attempt at one may still be under way, and
 * would land on what was written after it; so nothing later of its key is sent until it has been sent again and decided, by which the
 * late attempt changes nothing. What is kept back by that is itself undecided. Owned by one thread.
 */
public final class Undecided {
    /** A client that repeats has a few batches open; of one that does not, the oldest are forgotten. */
    private static final int MOST_KEYS = 100_000;

    private final LinkedHashMap<String, SortedSet<Long>> batches = new LinkedHashMap<>();

    /** Of the keys of a batch those that stand undecided in an earlier one, and in which. */
    public Map<String, String> before(long sequence, List<String> keys) {
        Map<String, String> before = new HashMap<>();
        for (String key : keys) {
            SortedSet<Long> of = batches.get(key);
            if (of != null && of.first() < sequence) {
                before.put(key, "a record of batch " + of.first());
            }
        }
        return before;
    }

    /** Takes what became of a batch, or of a part of it that was sent again. */
    public void answered(long sequence, List<String> keys, List<RecordResult> results) {
        Set<String> open = new HashSet<>();
        for (int i = 0; i < results.size(); i++) {
            if (Results.mayBeRepeated(results.get(i).getCode())) {
                open.add(keys.get(i));
            }
        }
        keys.stream().filter(key -> !open.contains(key)).forEach(key -> decided(key, sequence));
        open.forEach(
                key -> batches.computeIfAbsent(key, ignored -> new TreeSet<>()).add(sequence));
        while (batches.size() > MOST_KEYS) {
            batches.pollFirstEntry();
        }
    }

    private void decided(String key, long sequence) {
        SortedSet<Long> of = batches.get(key);
        if (of != null && of.remove(sequence) && of.isEmpty()) {
            batches.remove(key);
        }
    }
}
