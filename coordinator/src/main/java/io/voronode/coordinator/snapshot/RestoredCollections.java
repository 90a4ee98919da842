package io.voronode.coordinator.snapshot;

import io.voronode.coordinator.image.CollectionImage;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;

/** The tree's part in a restore. Calls block. */
public interface RestoredCollections {
    /**
     * Makes a collection that only this coordinator sees, and that the controller drops if this coordinator goes away. Where it fails it
     * leaves none.
     */
    CollectionImage begin(CollectionConfig config);

    /** Lets all see it. */
    Collection open(CollectionImage collection);

    /**
     * Drops it unless it has been opened; returns when it is marked to be dropped. Where the tree cannot be written that is done as soon as it
     * can, also after the call has failed.
     *
     * @throws io.voronode.wire.VoronodeException.Conflict if all see it already, who may have written to it
     */
    void abandon(CollectionImage collection);
}
