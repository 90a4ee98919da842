package io.voronode.coordinator.route;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.ImageSource;
import io.voronode.coordinator.validate.Names;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster image as requests use it. They refresh it when a node's answer says that it is old; refreshes are shared, at
 * most one per {@value #REFRESH_INTERVAL_MS} ms, so that bad requests cannot turn into load on ZooKeeper. Whoever asks gets an image
 * that was read after it asked, or an error within its own time.
 */
public final class Images {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);
    private static final long REFRESH_INTERVAL_MS = 50;

    private final ImageSource source;
    private final ReentrantLock refreshing = new ReentrantLock();
    private long startedNanos = System.nanoTime() - Duration.ofDays(1).toNanos();
    /** Of the last refresh; guarded by the lock. */
    private @Nullable VoronodeException failure;

    public Images(ImageSource source) {
        this.source = source;
    }

    public ClusterImage current() {
        return source.current();
    }

    /**
     * The collection with this name, looked for once more in a fresh image.
     *
     * @throws NotFound if there is none
     */
    public CollectionImage collection(String name) {
        Names.requireCollection(name);
        try {
            return source.current().collection(name);
        } catch (NotFound e) {
            refresh();
            requireFormed();
            return source.current().collection(name);
        }
    }

    /**
     * The same collection as the image knows it now.
     *
     * @throws NotFound if it has been dropped; another collection of its name is another collection
     */
    public CollectionImage same(CollectionImage collection) {
        ByteString uuid = collection.spec().getUuid();
        CollectionImage now =
                source.current().collections().get(collection.spec().getName());
        if (now == null || now.dropping() || !now.spec().getUuid().equals(uuid)) {
            throw new NotFound("collection \"" + collection.spec().getName() + "\" has been dropped");
        }
        return now;
    }

    private void requireFormed() {
        if (!source.current().formed()) {
            throw new Unavailable("the cluster has no partitions yet: it needs a shard node");
        }
    }

    /** Refreshes where ZooKeeper answers; the image stays as it is where it does not, and requests go on with that. */
    public void tryRefresh() {
        try {
            refresh();
        } catch (VoronodeException e) {
            LOG.debug("the image could not be refreshed", e);
        }
    }

    private void refresh() {
        long asked = System.nanoTime();
        if (!enter()) {
            throw CallTime.overError("refreshing the image");
        }
        try {
            if (startedNanos - asked >= 0) {
                requireRefreshed();
                return;
            }
            long sinceMs = Duration.ofNanos(System.nanoTime() - startedNanos).toMillis();
            if (sinceMs < REFRESH_INTERVAL_MS && !CallTime.pause(REFRESH_INTERVAL_MS - sinceMs)) {
                throw CallTime.overError("refreshing the image");
            }
            readAnew();
        } finally {
            refreshing.unlock();
        }
    }

    private void readAnew() {
        startedNanos = System.nanoTime();
        failure = null;
        try {
            source.refresh();
        } catch (VoronodeException e) {
            failure = e;
            throw e;
        }
    }

    private boolean enter() {
        try {
            return refreshing.tryLock(CallTime.leftMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Those who waited for a refresh share its failure: with ZooKeeper silent, each would otherwise wait in turn. */
    private void requireRefreshed() {
        if (failure != null) {
            throw failure;
        }
    }
}
