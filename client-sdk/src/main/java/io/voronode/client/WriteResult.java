package io.voronode.client;

/**
 * What became of one record of a write.
 *
 * @param key the record's key
 * @param status what became of it
 * @param message empty where it was applied; else what was wrong, with the value and the limit
 * @param version the version that the write made; for CONDITION_FAILED the one that the record has, 0 where there is none; else 0
 * @param existed whether a live record had this key before, or has it where nothing was written
 */
public record WriteResult(String key, RecordStatus status, String message, long version, boolean existed) {

    /** Whether the write, or a later one of the same key in the same request, was applied. */
    public boolean ok() {
        return status == RecordStatus.OK || status == RecordStatus.SUPERSEDED;
    }
}
