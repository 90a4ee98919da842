package io.voronode.systemtests.faults;

import java.util.HashSet;
import java.util.Set;

/** What a key may hold that only one client writes, one write after the other. Of one thread at a time. */
final class ColdKey {
    static final long ABSENT = 0;

    private long value = ABSENT;
    private long version;
    /** What writes without an answer would have left; such a write may still take effect. */
    private final Set<Long> possible = new HashSet<>();

    void acknowledged(long newValue, long newVersion) {
        value = newValue;
        version = newVersion;
    }

    void unanswered(long newValue) {
        possible.add(newValue);
    }

    /** Whether it is known what the key holds. */
    boolean isCertain() {
        return possible.isEmpty();
    }

    /** Whether a record may be there. */
    boolean mayBeThere() {
        return value != ABSENT || possible.stream().anyMatch(one -> one != ABSENT);
    }

    /** What the last acknowledged write left. */
    long value() {
        return value;
    }

    boolean mayHold(long found) {
        return found == value || possible.contains(found);
    }

    /** Whether the record found is the acknowledged one, and yet under another version: then it was written twice. */
    boolean isDoubled(long found, long foundVersion) {
        return found == value && found != ABSENT && foundVersion != version;
    }
}
