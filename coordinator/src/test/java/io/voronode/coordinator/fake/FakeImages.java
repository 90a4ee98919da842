package io.voronode.coordinator.fake;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.ImageSource;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** An image that tests set: what is current, and what a refresh finds. */
public final class FakeImages implements ImageSource {
    private final AtomicInteger refreshes = new AtomicInteger();
    private volatile ClusterImage current = ClusterImage.EMPTY;
    private volatile ClusterImage fresh = ClusterImage.EMPTY;
    private volatile Runnable onRefresh = () -> {};

    /** The image from now on. */
    public void set(ClusterImage image) {
        current = image;
        fresh = image;
    }

    /** What the next refresh finds. */
    public void setFresh(ClusterImage image) {
        fresh = image;
    }

    /** What else happens in the cluster by the time of each refresh. */
    public void onRefresh(Runnable event) {
        onRefresh = event;
    }

    public int refreshes() {
        return refreshes.get();
    }

    @Override
    public ClusterImage current() {
        return current;
    }

    @Override
    public ClusterImage refresh() {
        refreshes.incrementAndGet();
        onRefresh.run();
        current = fresh;
        return current;
    }

    @Override
    public ClusterImage await(Predicate<ClusterImage> condition, Duration timeout) {
        if (!condition.test(current)) {
            throw new DeadlineExceeded("the image of a test does not change by itself");
        }
        return current;
    }
}
