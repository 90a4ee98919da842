package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How fast collections grow, from the row counts of past passes. Ingest is fast while a collection would double within ten
 * minutes at its present speed. One thread; remembers one window for each collection.
 */
final class IngestSpeed {
    private static final double DOUBLES_WITHIN_MS = 600_000;

    private final long windowMs;
    private final Map<ByteString, Deque<Sample>> samples = new HashMap<>();

    private record Sample(long atMs, long rows) {}

    IngestSpeed(Duration window) {
        windowMs = window.toMillis();
    }

    /** Notes a count and says whether ingest is fast. */
    boolean isFast(ByteString uuid, long nowMs, long rows) {
        Deque<Sample> past = samples.computeIfAbsent(uuid, ignored -> new ArrayDeque<>());
        while (!past.isEmpty() && nowMs - past.getFirst().atMs() > windowMs) {
            past.removeFirst();
        }
        past.addLast(new Sample(nowMs, rows));
        Sample first = past.getFirst();
        long elapsed = nowMs - first.atMs();
        long grown = rows - first.rows();
        return elapsed > 0 && grown * DOUBLES_WITHIN_MS > (double) rows * elapsed;
    }

    /** Forgets collections that are gone. */
    void retain(Collection<ByteString> uuids) {
        samples.keySet().retainAll(uuids);
    }
}
