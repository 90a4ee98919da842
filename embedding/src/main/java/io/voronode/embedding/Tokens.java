package io.voronode.embedding;

/**
 * One text as the model sees it: token numbers and segment numbers, of equal length, without padding. The arrays are
 * owned by this record.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one call
record Tokens(long[] ids, long[] typeIds) {

    int count() {
        return ids.length;
    }
}
