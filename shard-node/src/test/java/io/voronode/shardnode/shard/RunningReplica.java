package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ShardHit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** A {@link ReplicaRun} of partition 0 on a thread of its own, over an index in a folder, from its opening to its last commit. */
final class RunningReplica implements AutoCloseable {
    private static final ShardId ID = new ShardId("00112233445566778899aabbccddeeff", 0, 0);

    private final Visibility visibility = new Visibility();
    private final ShardIndex index;
    private final ReplicaRun run;
    private final CompletableFuture<Void> life;

    /**
     * What one search shows.
     *
     * @param watermark what it contains
     * @param seen what a session has seen behind it
     * @param versions by key
     */
    record Shown(long watermark, long seen, Map<String, Long> versions) {}

    RunningReplica(Path folder, ShardFeed feed) throws IOException {
        IndexLayout layout = new IndexLayout(IndexKind.FLAT, CellMap.single(Metric.EUCLIDEAN, 1));
        index = ShardIndex.open(folder, layout, new IndexBudget(16 << 20, 1));
        run = new ReplicaRun(ID, index, feed, visibility, new LongAdder(), List.of(0));
        life = CompletableFuture.runAsync(this::live, Thread.ofPlatform().daemon()::start);
    }

    private void live() {
        try {
            run.run();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether searches contain everything up to there, in time. */
    boolean contains(long index, long millis) throws InterruptedException {
        return visibility.await(
                List.of(FeedMessages.position(index)), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    Shown search() throws IOException {
        return searchAt(0);
    }

    Shown searchAt(long nowMs) throws IOException {
        PublishedIndex searched = Objects.requireNonNull(visibility.acquire());
        try {
            long watermark = searched.watermarks().getFirst().getIndex();
            long seen = searched.seen().getFirst().getIndex();
            return new Shown(watermark, seen, versions(searched, nowMs));
        } finally {
            searched.release();
        }
    }

    private static Map<String, Long> versions(PublishedIndex searched, long nowMs) throws IOException {
        CellQuery all = new CellQuery(
                new float[1],
                100,
                new int[] {0},
                new float[] {0},
                Float.POSITIVE_INFINITY,
                CellQuery.EXACT,
                null,
                () -> false);
        return searched.hits(searched.search(all, nowMs), PayloadRoom.none()).stream()
                .collect(Collectors.toMap(ShardHit::getKey, ShardHit::getVersion));
    }

    @Override
    public void close() throws IOException {
        try (index) {
            run.stop();
            life.orTimeout(30, TimeUnit.SECONDS).join();
            visibility.publish(null);
        }
    }
}
