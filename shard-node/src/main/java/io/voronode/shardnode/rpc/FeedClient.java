package io.voronode.shardnode.rpc;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.voronode.proto.internal.v1.FeedServiceGrpc;
import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.shardnode.cells.PartitionDirectory;
import io.voronode.shardnode.shard.ShardFeed;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The feeds of all partitions, for the shard replicas of this node: one stream a partition that carries all of them, see {@link
 * PartitionFollower}. Any thread may use it.
 */
public final class FeedClient implements ShardFeed, AutoCloseable {
    /** A source that gives no batch of a scan for so long is given up. */
    private static final long SCAN_SILENCE_SECONDS = 30;

    private static final long WATCH_MS = 1_000;

    private final String node;
    private final PartitionDirectory directory;
    private final Channels channels;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> watching;
    private final Map<Integer, PartitionFollower> followers = new ConcurrentHashMap<>();
    private final AtomicInteger scans = new AtomicInteger();

    public FeedClient(String node, PartitionDirectory directory, Channels channels) {
        this.node = node;
        this.directory = directory;
        this.channels = channels;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("feed-timer").factory());
        this.watching = timer.scheduleWithFixedDelay(this::watch, WATCH_MS, WATCH_MS, TimeUnit.MILLISECONDS);
    }

    private void watch() {
        followers.values().forEach(PartitionFollower::watch);
    }

    @Override
    public Subscription follow(int partition, ShardId shard, Sink sink) {
        return followers.computeIfAbsent(partition, this::follower).follow(shard, sink);
    }

    private PartitionFollower follower(int partition) {
        return new PartitionFollower(partition, node, () -> directory.rpcAddresses(partition), channels, timer);
    }

    @Override
    public Scan scan(int partition, ShardId shard, String afterKey) {
        List<String> addresses = directory.rpcAddresses(partition);
        if (addresses.isEmpty()) {
            throw new VoronodeException.Unavailable("no node is known that holds partition " + partition);
        }
        // A scan that failed comes back and asks the next holder.
        String address = addresses.get(Math.floorMod(scans.getAndIncrement(), addresses.size()));
        ScanShardRequest request = ScanShardRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(shard.collectionUuid())
                .setGeneration(shard.generation())
                .setShard(shard.shard())
                .setAfterKey(afterKey)
                .build();
        return new RemoteScan(
                FeedServiceGrpc.newBlockingV2Stub(channels.to(address)).scanShard(request));
    }

    /** A scan's stream; the transport's flow control holds back the source. */
    private record RemoteScan(BlockingClientCall<?, ScanShardResponse> call) implements Scan {
        @Override
        public @Nullable ScanShardResponse next() {
            try {
                return call.read(SCAN_SILENCE_SECONDS, TimeUnit.SECONDS);
            } catch (StatusException e) {
                throw Statuses.fromGrpc(e);
            } catch (TimeoutException e) {
                throw new VoronodeException.Unavailable(
                        "the source of a scan was silent for " + SCAN_SILENCE_SECONDS + " s", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new VoronodeException.Unavailable("interrupted", e);
            }
        }

        @Override
        public void close() {
            call.cancel("closed", null);
        }
    }

    @Override
    public void close() {
        watching.cancel(false);
        timer.shutdownNow();
        followers.values().forEach(PartitionFollower::close);
    }
}
