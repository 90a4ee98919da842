package io.voronode.coordinator.verify;

/**
 * Something that is not as it should be, proven.
 *
 * @param key the record's; empty where it is about the whole replica
 * @param replica the copy that is at fault, as far as the others tell
 * @param expected what should be there, in words
 * @param found what is there, in words
 */
public record Finding(Kind kind, String key, Replica replica, String expected, String found) {

    /** What is not as it should be. */
    public enum Kind {
        ROW_MISSING,
        ROW_EXTRA,
        ROW_VERSION,
        ROW_CONTENT,
        ROW_STAMP,
        ROW_NOT_LISTED,
        RECORD_MISSING,
        RECORD_EXTRA,
        RECORD_VERSION,
        RECORD_CELL,
        RECORD_DUPLICATE,
        REPLICA_NOT_COMPARED
    }
}
