package io.voronode.coordinator.validate;

/** The limits of the public API, as voronode/v1 states them. */
public final class Limits {
    public static final int KEY_BYTES = 512;
    public static final int PAYLOAD_BYTES = 64 << 10;
    public static final int PAYLOAD_LEVELS = 32;
    public static final int MEDIA_TYPE_BYTES = 255;
    /** Of key, vector, payload and document of one record together. */
    public static final int RECORD_BYTES = 960 << 10;
    /** Records, or keys to delete, of one call or of one batch of a stream. */
    public static final int BATCH_RECORDS = 10_000;
    /** Keys of one Get. */
    public static final int GET_KEYS = 1_000;

    /** Records that one DeleteByFilter finds: as many from every shard of a node fit into one internal message. */
    public static final int FILTER_DELETES = 5_000;

    public static final int SCROLL_LIMIT = 1_000;
    public static final int SCROLL_DEFAULT_LIMIT = 100;
    public static final int HITS = 10_000;
    public static final int BATCH_QUERIES = 1_000;
    public static final double MIN_TARGET_RECALL = 0.5;
    public static final double MAX_TARGET_RECALL = 0.999;
    public static final double DEFAULT_TARGET_RECALL = 0.95;

    public static final int FILTER_LEVELS = 32;
    /** Conditions of a filter, and combinations of them: together they stay below the clauses that a Lucene query may have. */
    public static final int FILTER_CONDITIONS = 256;
    /** Values that one condition lists. */
    public static final int FILTER_VALUES = 4_096;

    public static final int FILTER_PREFIX_BYTES = 256;
    /** Of a filter, encoded: it travels to every shard with every wave. */
    public static final int FILTER_BYTES = 1 << 20;

    private Limits() {}
}
