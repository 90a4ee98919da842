package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs of one kind that the tree names, fetched and decoded behind the thread that builds images. It holds those of the last round of
 * look-ups and forgets others, so it is bounded by the tree.
 *
 * <p>Concurrency: one thread, the image's, calls {@link #begin()}, {@link #find}, {@link #get} and {@link #end()}; fetches run on virtual threads, one
 * per digest, and go on trying until the blob is there or is no longer wanted.
 */
final class BlobFetcher<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlobFetcher.class);
    private static final long RETRY_MS = 500;

    private final Runnable onFetched;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ByteString, T> found = new HashMap<>();
    private final Set<ByteString> fetching = new HashSet<>();
    private Set<ByteString> wanted = new HashSet<>();
    private Set<ByteString> round = new HashSet<>();

    /** Calls back, on a thread of its own, when a blob has come. */
    BlobFetcher(Runnable onFetched) {
        this.onFetched = onFetched;
    }

    /** A round of look-ups begins. */
    synchronized void begin() {
        round = new HashSet<>();
    }

    /**
     * The blob if it is here; else it is being fetched.
     *
     * @param load gives the blob or throws; may block
     * @param what it is, for the log
     */
    synchronized @Nullable T find(ByteString digest, Supplier<T> load, String what) {
        round.add(digest);
        T blob = found.get(digest);
        if (blob == null && fetching.add(digest)) {
            wanted.add(digest);
            executor.execute(() -> fetch(digest, load, what));
        }
        return blob;
    }

    /** The blob, made at once if it is not here: for one that follows from what is known and need not be waited for. */
    synchronized T get(ByteString digest, Supplier<T> make) {
        round.add(digest);
        return found.computeIfAbsent(digest, ignored -> make.get());
    }

    /** The round is over: blobs that it did not ask for go. Returns what it asked for. */
    synchronized Set<ByteString> end() {
        found.keySet().retainAll(round);
        wanted = new HashSet<>(round);
        return Set.copyOf(round);
    }

    private void fetch(ByteString digest, Supplier<T> load, String what) {
        boolean logged = false;
        while (isWanted(digest)) {
            try {
                fetched(digest, load.get());
                return;
            } catch (RuntimeException e) {
                if (!logged) {
                    LOG.warn("{} cannot be had yet: {}", what, e.getMessage());
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

    private void fetched(ByteString digest, T blob) {
        synchronized (this) {
            found.put(digest, blob);
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
