package io.voronode.client;

import java.util.OptionalInt;

/**
 * Something that is not as it should be.
 *
 * @param kind what it is
 * @param key the record's; empty where it is about a whole replica
 * @param partition of the key, where it is about a replica of a partition
 * @param generation of the index, where it is about a replica of a shard
 * @param shard where it is about a replica of one
 * @param node whose replica it is
 * @param expected what should be there, in words
 * @param found what is there, in words
 */
public record VerifyDifference(
        Kind kind,
        String key,
        OptionalInt partition,
        OptionalInt generation,
        OptionalInt shard,
        String node,
        String expected,
        String found) {

    /** What is not as it should be. */
    public enum Kind {
        /** A replica of a partition lacks a row. */
        ROW_MISSING,
        /** A replica of a partition has a row that the others do not have. */
        ROW_EXTRA,
        /** A replica of a partition has a row with another version. */
        ROW_VERSION,
        /** A replica of a partition has a row of the same version with other content. */
        ROW_CONTENT,
        /** A replica of a partition has a row with another place in the index, or none. */
        ROW_STAMP,
        /** The list that shards are built from does not have a row at its place. */
        ROW_NOT_LISTED,
        /** A replica of a shard lacks a record. */
        RECORD_MISSING,
        /** A replica of a shard has a record that does not belong there. */
        RECORD_EXTRA,
        /** A replica of a shard has a record with another version. */
        RECORD_VERSION,
        /** A replica of a shard has a record in another cell, or without a vector. */
        RECORD_CELL,
        /** A replica of a shard has a record more than once. */
        RECORD_DUPLICATE,
        /** A replica could not be asked, so nothing is proven about it. */
        REPLICA_NOT_COMPARED,
        /** One that this client does not know yet. */
        OTHER
    }
}
