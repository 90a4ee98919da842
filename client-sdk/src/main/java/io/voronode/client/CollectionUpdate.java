package io.voronode.client;

import org.jspecify.annotations.Nullable;

/**
 * A change of a collection's configuration; what is null stays as it is.
 *
 * @param trainAt the number of records at which cells are first trained
 * @param shards shards of the next generation
 * @param indexKind a changed kind starts a new generation
 */
public record CollectionUpdate(
        @Nullable Long trainAt,
        @Nullable Integer shards,
        @Nullable IndexKind indexKind) {

    /** Changes nothing yet. */
    public static final CollectionUpdate NONE = new CollectionUpdate(null, null, null);

    public CollectionUpdate withTrainAt(long records) {
        return new CollectionUpdate(records, shards, indexKind);
    }

    public CollectionUpdate withShards(int value) {
        return new CollectionUpdate(trainAt, value, indexKind);
    }

    public CollectionUpdate withIndexKind(IndexKind value) {
        return new CollectionUpdate(trainAt, shards, value);
    }
}
