package io.voronode.client;

/** What became of one record of a write. */
public enum RecordStatus {
    /** Applied. */
    OK,
    /** A later record of the same request has the same key and was applied instead. */
    SUPERSEDED,
    /** The record breaks a limit that the message names; it was not written. */
    INVALID_ARGUMENT,
    /** No live record has this key. */
    NOT_FOUND,
    /** The record's condition was not met: nothing was written, and the result tells the version that the record has. */
    CONDITION_FAILED,
    /** Not written because of load, also after retries. */
    RESOURCE_EXHAUSTED,
    /** Its partition could not be reached in time: the write may or may not have been applied. Repeating it is safe. */
    UNAVAILABLE,
    /** A bug of the server; the write may or may not have been applied. */
    INTERNAL;

    /** Whether writing the same record again may succeed. */
    public boolean retryable() {
        return this == RESOURCE_EXHAUSTED || this == UNAVAILABLE;
    }
}
