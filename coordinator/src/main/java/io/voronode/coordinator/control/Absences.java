package io.voronode.coordinator.control;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which nodes that should hold replicas have not answered this controller, and for how long. Only what this controller saw itself counts, so
 * another one waits anew. The controller's thread only.
 */
final class Absences {
    private final long graceNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Long> sinceNanos = new HashMap<>();
    private Set<String> answering = Set.of();
    private long sameSinceNanos;

    /** What follows from who is away. */
    enum Verdict {
        /** Nobody is away. */
        ALL_HERE,
        /** Someone is away and may come back with all that it holds. */
        WAIT,
        /** So many went at once that it is rather this coordinator or the network: act on none. */
        TOO_MANY,
        /** Whoever is away has been so for longer than the grace. */
        GONE;

        /** Whether replicas may be placed by who is here now. */
        boolean settled() {
            return this == ALL_HERE || this == GONE;
        }
    }

    /**
     * Nothing has been seen yet.
     *
     * @param nanoTime a clock that only moves forward
     */
    Absences(Duration grace, LongSupplier nanoTime) {
        this.graceNanos = grace.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Notes who answers now, and says what that means.
     *
     * @param active nodes that should hold replicas
     * @param answering nodes that answered
     */
    Verdict note(Set<String> active, Set<String> answering) {
        Set<String> away = new HashSet<>(active);
        away.removeAll(answering);
        long now = nanoTime.getAsLong();
        if (!this.answering.equals(answering)) {
            this.answering = Set.copyOf(answering);
            sameSinceNanos = now;
        }
        sinceNanos.keySet().retainAll(away);
        away.forEach(node -> sinceNanos.putIfAbsent(node, now));
        if (away.isEmpty()) {
            return Verdict.ALL_HERE;
        }
        if (3 * mostAtOnce() > active.size()) {
            return Verdict.TOO_MANY;
        }
        boolean allGone = sinceNanos.values().stream().allMatch(since -> now - since >= graceNanos);
        return allGone ? Verdict.GONE : Verdict.WAIT;
    }

    /** The most that went within one grace period of each other. One long dead and one that dies now are not one event. */
    private long mostAtOnce() {
        return sinceNanos.values().stream()
                .mapToLong(first -> sinceNanos.values().stream()
                        .filter(since -> since - first >= 0 && since - first <= graceNanos)
                        .count())
                .max()
                .orElse(0);
    }

    /** Whether the same nodes have answered for so long. */
    boolean calm(Duration duration) {
        return nanoTime.getAsLong() - sameSinceNanos >= duration.toNanos();
    }

    /** Another reign: what was seen in the last one may be old. */
    void forget() {
        sinceNanos.clear();
        answering = Set.of();
    }
}
