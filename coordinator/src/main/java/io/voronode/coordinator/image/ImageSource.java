package io.voronode.coordinator.image;

import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.function.Predicate;

/** Where the present {@link ClusterImage} comes from. Any thread may ask; {@link #current()} never blocks. */
public interface ImageSource {

    /** The newest complete image; the last one when ZooKeeper is gone. */
    ClusterImage current();

    /**
     * Catches up with everything that was written to the tree before the call, then returns the image. A generation whose cell map
     * still has to be fetched is adopted later.
     *
     * @throws Unavailable if ZooKeeper does not answer in time
     */
    ClusterImage refresh();

    /**
     * Waits for an image that satisfies the condition, which must be quick and without side effects.
     *
     * @throws DeadlineExceeded if none has come in time
     */
    ClusterImage await(Predicate<ClusterImage> condition, Duration timeout);
}
