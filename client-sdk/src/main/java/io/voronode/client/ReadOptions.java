package io.voronode.client;

/**
 * What to return of records that are read, and what the read may miss.
 *
 * @param withVector whether to return vectors
 * @param withDocument whether to return documents
 * @param consistency what the read may miss
 */
public record ReadOptions(boolean withVector, boolean withDocument, Consistency consistency) {

    /** Keys and payloads only, with the default consistency. */
    public static final ReadOptions DEFAULT = new ReadOptions(false, false, Consistency.DEFAULT);

    /** Everything that is kept of a record. */
    public static final ReadOptions WHOLE = new ReadOptions(true, true, Consistency.DEFAULT);

    /** The same with another consistency. */
    public ReadOptions with(Consistency other) {
        return new ReadOptions(withVector, withDocument, other);
    }
}
