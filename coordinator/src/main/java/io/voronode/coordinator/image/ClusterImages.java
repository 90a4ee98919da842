package io.voronode.coordinator.image;

import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Unavailable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image of the cluster, kept up to date from ZooKeeper. A watch says what changed; a thread of its own waits a moment for more,
 * reads it, builds the next image, replaces the last one whole, and then tells the cluster which generations this coordinator works
 * from. When ZooKeeper is gone, or the tree cannot be read, the last image stays.
 *
 * <p>Concurrency: the thread "voronode-image" alone mirrors the tree and publishes states; every other thread reads the published one.
 * Listeners run on that thread and must be quick.
 */
public final class ClusterImages implements ImageSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterImages.class);
    /** Changes of one transaction, and of what follows at once, make one image. */
    private static final long DEBOUNCE_MS = 2;

    private static final long RETRY_MS = 200;
    /** How often is looked whether what has vanished from the tree is to go from the image. */
    private static final long VANISHED_MS = 1_000;

    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(5);

    private final CuratorFramework client;
    private final ClusterTree paths;
    private final Channels channels;
    private final TreeMirror mirror;
    private final TreeBlobs blobs;
    private final Liveness liveness;
    private final ConnectionStateListener connection = this::connectionChanged;

    /** Since a loss of the connection; before the first one, callers wait for it. */
    private volatile boolean disconnected;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "voronode-image");

    private final Vanished vanished = new Vanished();
    private String lastFailure = "";
    private final Published<State> published = new Published<>(new State(TreeSnapshot.EMPTY, ClusterImage.EMPTY));

    /** Guards what follows. */
    private final Object lock = new Object();

    private boolean changed = true;
    private boolean closed;
    private List<CompletableFuture<State>> refreshes = new ArrayList<>();

    /** What is published together. */
    private record State(TreeSnapshot tree, ClusterImage image) {}

    private ClusterImages(
            CuratorFramework client, ClusterTree paths, String coordinatorId, Path blobsFolder, Channels channels) {
        this.client = client;
        this.paths = paths;
        this.channels = channels;
        this.mirror = new TreeMirror(client, paths.root(), this::wake);
        this.blobs = new TreeBlobs(
                blobsFolder,
                new PartitionBlobs(channels, partition -> current().partitionAddresses(partition)),
                this::wake);
        this.liveness = new Liveness(client, paths, coordinatorId);
    }

    /**
     * Starts to follow the tree. Returns at once: until ZooKeeper has answered, the image is empty.
     *
     * @param client started; stays the caller's
     * @param coordinatorId name of this coordinator's liveness znode, another for each start of the process
     * @param blobsFolder where fetched cell maps and calibrations are kept
     */
    public static ClusterImages start(
            CuratorFramework client, ClusterTree paths, String coordinatorId, Path blobsFolder, Channels channels) {
        ClusterImages images = new ClusterImages(client, paths, coordinatorId, blobsFolder, channels);
        client.getConnectionStateListenable().addListener(images.connection);
        images.thread.setDaemon(true);
        images.thread.start();
        return images;
    }

    @Override
    public ClusterImage current() {
        return published.get().image();
    }

    /** The tree that the current image was made of, with what is not complete. */
    public TreeSnapshot tree() {
        return published.get().tree();
    }

    /** Whether ZooKeeper is connected: while it is not, the image stays as it is. */
    public boolean connected() {
        return !disconnected;
    }

    /** The cell maps that images are made with. */
    public CellMapStore cellMaps() {
        return blobs.cellMaps();
    }

    /** Cell maps from these addresses of holders of a partition, for one who knows more than the image. */
    public CellMapStore cellMapsOf(IntFunction<List<String>> holders) {
        return blobs.cellMaps(new PartitionBlobs(channels, holders));
    }

    /** Lets the cluster know that this coordinator serves at the address. */
    public void announce(String address) {
        liveness.announce(address);
    }

    /** Calls the listener after each change, on the image's thread. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public ClusterImage refresh() {
        return refreshed().image();
    }

    /** As {@link #refresh()}, for the tree. */
    public TreeSnapshot refreshTree() {
        return refreshed().tree();
    }

    /**
     * ZooKeeper answers a sync after it has sent the events of all changes before it, on the thread that delivered them here: what is
     * caught up with then contains everything that was written before the call.
     */
    private State refreshed() {
        if (disconnected) {
            throw new Unavailable("ZooKeeper is not connected");
        }
        CompletableFuture<State> done = new CompletableFuture<>();
        try {
            client.sync()
                    .inBackground((ignored, event) -> {
                        if (event.getResultCode() == 0) {
                            enqueue(done);
                        } else {
                            done.completeExceptionally(
                                    new Unavailable("ZooKeeper did not sync, code " + event.getResultCode()));
                        }
                    })
                    .forPath(paths.root());
            return done.get(REFRESH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Unavailable("ZooKeeper did not answer within " + REFRESH_TIMEOUT.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw ZooKeeperErrors.translate("refreshing the image", asException(e.getCause()));
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("refreshing the image", e);
        }
    }

    private static Exception asException(@Nullable Throwable error) {
        return error instanceof Exception e ? e : new IllegalStateException(error);
    }

    @Override
    public ClusterImage await(Predicate<ClusterImage> condition, Duration timeout) {
        return published.await(State::image, condition, timeout);
    }

    /** As {@link #await}, for the tree. */
    public TreeSnapshot awaitTree(Predicate<TreeSnapshot> condition, Duration timeout) {
        return published.await(State::tree, condition, timeout);
    }

    private void connectionChanged(CuratorFramework ignored, ConnectionState newState) {
        disconnected = !newState.isConnected();
        if (newState == ConnectionState.RECONNECTED) {
            mirror.invalidate();
        }
    }

    private void wake() {
        synchronized (lock) {
            changed = true;
            lock.notifyAll();
        }
    }

    private void enqueue(CompletableFuture<State> refresh) {
        synchronized (lock) {
            refreshes.add(refresh);
            lock.notifyAll();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                round(takeRefreshes());
            }
        } catch (InterruptedException e) {
            LOG.debug("image thread is interrupted");
        }
        takeRefreshes()
                .forEach(refresh -> refresh.completeExceptionally(new Unavailable("the coordinator is closing")));
    }

    /** False when closed. A refresh is not made to wait for more changes. */
    private boolean awaitWork() throws InterruptedException {
        synchronized (lock) {
            while (!changed && refreshes.isEmpty() && !closed) {
                lock.wait(vanished.isEmpty() ? 0 : VANISHED_MS);
                changed |= !vanished.isEmpty();
            }
            if (closed) {
                return false;
            }
            if (!refreshes.isEmpty()) {
                changed = false;
                return true;
            }
        }
        Thread.sleep(DEBOUNCE_MS);
        synchronized (lock) {
            changed = false;
            return !closed;
        }
    }

    private List<CompletableFuture<State>> takeRefreshes() {
        synchronized (lock) {
            List<CompletableFuture<State>> taken = refreshes;
            refreshes = new ArrayList<>();
            return taken;
        }
    }

    private void round(List<CompletableFuture<State>> waiting) throws InterruptedException {
        try {
            TreeSnapshot last = published.get().tree();
            adopt(mirror.catchUp() ? TreeParser.parse(paths, mirror.znodes()) : last);
            lastFailure = "";
            waiting.forEach(refresh -> refresh.complete(published.get()));
        } catch (RuntimeException e) {
            // Also for what should not happen: this thread must go on, and the last image with it.
            logNew(e);
            waiting.forEach(refresh -> refresh.completeExceptionally(e));
            Thread.sleep(RETRY_MS);
            mirror.invalidate();
        }
    }

    /** What keeps the tree from being read may last, as a layout of a later version does: it is said once. */
    private void logNew(RuntimeException e) {
        String failure = e.toString();
        if (failure.equals(lastFailure)) {
            LOG.debug("the image still stays as it is", e);
        } else {
            LOG.warn("the image stays as it is: {}", failure);
            LOG.debug("why", e);
        }
        lastFailure = failure;
    }

    private void adopt(TreeSnapshot tree) {
        blobs.begin();
        ClusterImage last = current();
        if (tree.format() == null && published.get().tree().format() != null) {
            LOG.error("the cluster tree is gone: requests are served from the last image of it");
        }
        ClusterImage image = vanished.keep(last, ImageBuilder.next(last, tree, blobs), tree, System.nanoTime());
        blobs.end();
        State next = new State(tree, image);
        if (!next.equals(published.get())) {
            published.replace(next);
            liveness.adopted(image);
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public void close() {
        client.getConnectionStateListenable().removeListener(connection);
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        published.close();
        awaitThread();
        blobs.close();
        liveness.close();
    }

    private void awaitThread() {
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
