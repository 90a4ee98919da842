package io.voronode.shardnode.feed;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.FeedServiceGrpc;
import io.voronode.proto.internal.v1.FollowRequest;
import io.voronode.proto.internal.v1.FollowResponse;
import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScanShardResponse;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Serves the feeds of the partition replicas on this node: each Follow stream and each scan has a thread of the executor (virtual
 * threads) that reads views of the row store and sends no faster than the follower takes. Knows how far the followers have
 * committed, which the leader asks before it lets feed rows go.
 */
public final class FeedService extends FeedServiceGrpc.FeedServiceImplBase implements AutoCloseable {
    private final FeedSources sources;
    private final Executor executor;
    private final ScanThrottle throttle = new ScanThrottle();
    private final Set<FollowStream> streams = ConcurrentHashMap.newKeySet();

    /** The executor must bear threads that block for as long as a stream lives. */
    public FeedService(FeedSources sources, Executor executor) {
        this.sources = sources;
        this.executor = executor;
    }

    @Override
    public StreamObserver<FollowRequest> follow(StreamObserver<FollowResponse> responses) {
        PacedStream<FollowResponse> out = new PacedStream<>((ServerCallStreamObserver<FollowResponse>) responses);
        FollowStream stream = new FollowStream(sources, out, executor, streams::remove);
        streams.add(stream);
        return stream;
    }

    @Override
    public void scanShard(ScanShardRequest request, StreamObserver<ScanShardResponse> responses) {
        PacedStream<ScanShardResponse> out = new PacedStream<>((ServerCallStreamObserver<ScanShardResponse>) responses);
        executor.execute(Context.current().wrap(() -> new ShardScan(sources, request, out, throttle).run()));
    }

    /** Of all scans here. */
    public ScanThrottle throttle() {
        return throttle;
    }

    /** The lowest index that all subscriptions to a partition have committed; empty when nobody follows it here. */
    public OptionalLong committedByFollowers(int partition) {
        return streams.stream()
                .map(stream -> stream.committed(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** The lowest index that all shard replicas have applied which serve, follow a partition here and keep up; empty when there is none. */
    public OptionalLong keptUpTo(int partition) {
        return streams.stream()
                .map(stream -> stream.keptUpTo(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** Ends all streams with UNAVAILABLE. */
    @Override
    public void close() {
        streams.forEach(FollowStream::close);
    }
}
