package io.voronode.shardnode.shard;

import static io.voronode.shardnode.shard.FeedMessages.batch;
import static io.voronode.shardnode.shard.FeedMessages.changes;
import static io.voronode.shardnode.shard.FeedMessages.position;
import static io.voronode.shardnode.shard.FeedMessages.removal;
import static io.voronode.shardnode.shard.FeedMessages.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.RowChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A session that searches two replicas of a shard in turn, each time with what the answer before has seen. Their sources are at different
 * positions, hold changes back, and give way to others that are behind them.
 */
class SessionOrderTest {
    private static final long SCANNED = 10;
    private static final long LAST = 300;
    private static final int SEEDS = 5;
    private static final long GONE = 0;

    @TempDir
    private Path folder;

    private Random random = new Random(0);
    /** By key and log index the version from there on, or {@link #GONE}. */
    private final Map<String, NavigableMap<Long, Long>> history = new HashMap<>();
    /** By key, from which index on the states come that the session may still see. */
    private final Map<String, Long> reached = new HashMap<>();

    private long token;

    /** One replica, and the source that tells it of the history. */
    private final class Followed implements AutoCloseable {
        private final RunningReplica replica;
        private final ShardFeed.Sink sink;
        private long view = SCANNED;
        private long complete = SCANNED;

        Followed(Path index) throws IOException, InterruptedException {
            ScriptedFeed feed =
                    new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(batch(SCANNED, "k0", 5)), false));
            replica = new RunningReplica(index, feed);
            sink = Objects.requireNonNull(feed.followed().poll(30, TimeUnit.SECONDS));
            sink.changed(position(SCANNED), 0, changes(SCANNED));
            assertThat(replica.contains(SCANNED, 30_000)).isTrue();
        }

        void hearMore() throws InterruptedException {
            if (random.nextInt(8) == 0) {
                complete = sink.after().getIndex();
                view = Math.max(complete, view - random.nextLong(40));
            }
            view = Math.min(LAST, view + random.nextLong(20));
            long upto = random.nextLong(complete, view + 1);
            sink.changed(position(view), 0, changes(upto, between(complete, upto, view)));
            complete = upto;
            assertThat(replica.contains(upto, 30_000)).isTrue();
        }

        @Override
        public void close() throws IOException {
            replica.close();
        }
    }

    @Test
    void noSearchShowsLessThanTheSessionHasSeen() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            random = new Random(seed);
            newSession();
            Path indexes = Files.createDirectory(folder.resolve("seed-" + seed));
            try (Followed one = new Followed(indexes.resolve("one"));
                    Followed two = new Followed(indexes.resolve("two"))) {
                while (one.view < LAST || two.view < LAST) {
                    (random.nextBoolean() ? one : two).hearMore();
                    search(random.nextBoolean() ? one.replica : two.replica, seed);
                }
            }
        }
    }

    private void newSession() {
        token = 0;
        reached.clear();
        history.clear();
        history.put("k0", new TreeMap<>(Map.of(0L, 5L)));
        for (long index = SCANNED + 1; index <= LAST; index++) {
            history.computeIfAbsent("k" + random.nextInt(4), _ -> new TreeMap<>(Map.of(0L, GONE)))
                    .put(index, random.nextInt(4) == 0 ? GONE : index);
        }
    }

    /** The changes behind one index up to another, with the rows as they are where the source is. */
    private RowChange[] between(long from, long upto, long view) {
        TreeMap<Long, RowChange> changes = new TreeMap<>();
        history.forEach((key, states) -> states.subMap(from, false, upto, true)
                .keySet()
                .forEach(index -> {
                    long version =
                            Objects.requireNonNull(states.floorEntry(view)).getValue();
                    changes.put(index, version == GONE ? removal(key, index) : write(key, index, version));
                }));
        return changes.values().toArray(RowChange[]::new);
    }

    /** Does nothing where the replica would have to wait. */
    private void search(RunningReplica replica, int seed) throws IOException {
        RunningReplica.Shown shown = replica.search();
        if (shown.watermark() < token) {
            return;
        }
        token = shown.seen();
        history.keySet().forEach(key -> {
            long version = shown.versions().getOrDefault(key, GONE);
            Long since = firstAt(key, version);
            assertThat(since)
                    .as("seed %d: %s in version %d after %d was seen", seed, key, version, reached.get(key))
                    .isNotNull();
            reached.put(key, Math.max(since, reached.getOrDefault(key, 0L)));
        });
    }

    /** Since when the key is in this state, at or behind what the session has seen of it; null where it never was again. */
    private @Nullable Long firstAt(String key, long version) {
        NavigableMap<Long, Long> states = Objects.requireNonNull(history.get(key));
        long from = Objects.requireNonNull(states.floorKey(reached.getOrDefault(key, 0L)));
        return states.tailMap(from, true).entrySet().stream()
                .filter(state -> state.getValue() == version)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
