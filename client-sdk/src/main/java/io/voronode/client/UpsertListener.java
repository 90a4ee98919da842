package io.voronode.client;

import java.util.List;

/**
 * Told of the progress of a bulk upsert. Called by one thread at a time, batch by batch, in the order of the records; a slow
 * listener slows the upsert down.
 */
@FunctionalInterface
public interface UpsertListener {

    /** Listens to nothing. */
    UpsertListener NONE = results -> {};

    /** The next records were answered; one result each, in order. */
    void answered(List<WriteResult> results);
}
