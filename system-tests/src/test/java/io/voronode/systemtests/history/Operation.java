package io.voronode.systemtests.history;

/**
 * One operation of one client on one key, as the client saw it. Immutable.
 *
 * @param client who called
 * @param key on which it worked
 * @param kind what was asked
 * @param value of an upsert what it wrote, of a read what it found; unique among the writes of a key, and 0 where there is no record
 * @param version that the server gave the write, or the record that was read; 0 where it said none
 * @param existed of an acknowledged write whether it found a record
 * @param call when it was called, in nanoseconds of the clock of the test's process
 * @param end when it was answered, on the same clock
 * @param outcome how it ended
 */
public record Operation(
        int client,
        String key,
        Kind kind,
        long value,
        long version,
        boolean existed,
        long call,
        long end,
        Outcome outcome) {
    /** What a read finds where there is no record. */
    public static final long ABSENT = 0;

    /** What was asked. */
    public enum Kind {
        UPSERT,
        DELETE,
        READ
    }

    /** How it ended. */
    public enum Outcome {
        OK,
        /** The server says that it did nothing. It is not believed: such a write may take effect at any time after its call, or never. */
        FAIL,
        /** No answer, or one that leaves open whether a write took effect, or will. */
        UNKNOWN
    }

    public boolean ok() {
        return outcome == Outcome.OK;
    }

    public boolean reads() {
        return kind == Kind.READ;
    }
}
