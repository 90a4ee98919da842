package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cell maps that the tree names, fetched behind the thread that builds images. It holds the maps of the last round of look-ups and
 * forgets others, so it is bounded by the tree.
 *
 * <p>Concurrency: one thread, the image's, calls {@link #begin()}, {@link #find} and {@link #end()}; fetches run on virtual threads, one
 * per digest, and go on trying until the map is there or is no longer wanted.
 */
final class MapFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MapFetcher.class);
    private static final long RETRY_MS = 500;

    private final CellMapStore store;
    private final Runnable onFetched;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ByteString, CellMap> found = new HashMap<>();
    private final Set<ByteString> fetching = new HashSet<>();
    private Set<ByteString> wanted = new HashSet<>();
    private Set<ByteString> round = new HashSet<>();

    /** Calls back, on a thread of its own, when a map has come. */
    MapFetcher(CellMapStore store, Runnable onFetched) {
        this.store = store;
        this.onFetched = onFetched;
    }

    /** A round of look-ups begins. */
    synchronized void begin() {
        round = new HashSet<>();
    }

    /** The map if it is here; else it is being fetched. */
    synchronized @Nullable CellMap find(CollectionSpec spec, GenerationNode node) {
        ByteString digest = node.getCellMapDigest();
        round.add(digest);
        CellMap map = found.get(digest);
        if (map == null && node.getGeneration() == 0) {
            // Follows from the collection: nothing to wait for.
            map = store.map(spec, digest, node.getCellMapPartition());
            found.put(digest, map);
        }
        if (map == null && fetching.add(digest)) {
            wanted.add(digest);
            executor.execute(() -> fetch(spec, digest, node.getCellMapPartition()));
        }
        return map;
    }

    /** The round is over: maps that it did not ask for go. */
    synchronized void end() {
        found.keySet().retainAll(round);
        wanted = new HashSet<>(round);
    }

    private void fetch(CollectionSpec spec, ByteString digest, int partition) {
        boolean logged = false;
        while (isWanted(digest)) {
            try {
                CellMap map = store.map(spec, digest, partition);
                fetched(digest, map);
                return;
            } catch (RuntimeException e) {
                if (!logged) {
                    LOG.warn("cell map of collection \"{}\" cannot be had yet: {}", spec.getName(), e.getMessage());
                    logged = true;
                }
                if (!pause()) {
                    break;
                }
            }
        }
        synchronized (this) {
            fetching.remove(digest);
        }
    }

    private void fetched(ByteString digest, CellMap map) {
        synchronized (this) {
            found.put(digest, map);
            fetching.remove(digest);
        }
        onFetched.run();
    }

    private synchronized boolean isWanted(ByteString digest) {
        return wanted.contains(digest);
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
