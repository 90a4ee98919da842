package io.voronode.client;

/** When a write is answered. */
public enum Wait {
    /** {@link #INDEXED} for a single record, {@link #DURABLE} for batches. */
    DEFAULT,
    /** When the records are committed on a majority and on disk. */
    DURABLE,
    /** When search finds them as well; at the deadline without that, {@link WriteReport#indexed()} is false. */
    INDEXED
}
