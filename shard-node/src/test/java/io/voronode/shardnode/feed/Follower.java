package io.voronode.shardnode.feed;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.FeedAck;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.FollowHello;
import io.voronode.proto.internal.v1.FollowRequest;
import io.voronode.proto.internal.v1.FollowResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.Subscribe;
import io.voronode.shardnode.partition.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Follows partition 0 of a node and remembers all it was told. */
final class Follower implements StreamObserver<FollowResponse> {
    private final List<FollowResponse> responses = new ArrayList<>();
    private final StreamObserver<FollowRequest> requests;
    private @Nullable Throwable error;

    @SuppressWarnings("this-escape")
    Follower(TestNode node) {
        requests = node.feed().follow(this);
        send(FollowRequest.newBuilder()
                .setHello(FollowHello.newBuilder().setPartition(0).setNode("follower")));
    }

    private void send(FollowRequest.Builder request) {
        requests.onNext(request.build());
    }

    void subscribe(int number, ByteString uuid, int generation, int shard, Position after) {
        send(FollowRequest.newBuilder()
                .setSubscribe(Subscribe.newBuilder()
                        .setSubscription(number)
                        .setCollectionUuid(uuid)
                        .setGeneration(generation)
                        .setShard(shard)
                        .setAfter(after)));
    }

    void acknowledge(int number, long index) {
        send(FollowRequest.newBuilder()
                .setAck(FeedAck.newBuilder()
                        .setSubscription(number)
                        .setAppliedIndex(index)
                        .setCommittedIndex(index)));
    }

    /** As a replica that answers searches. */
    void acknowledgeServing(int number, long index) {
        send(FollowRequest.newBuilder()
                .setAck(FeedAck.newBuilder()
                        .setSubscription(number)
                        .setAppliedIndex(index)
                        .setServing(true)));
    }

    void end() {
        requests.onCompleted();
    }

    @Override
    public synchronized void onNext(FollowResponse response) {
        responses.add(response);
    }

    @Override
    public synchronized void onError(Throwable t) {
        error = t;
    }

    @Override
    public void onCompleted() {}

    synchronized @Nullable Throwable error() {
        return error;
    }

    synchronized List<FollowResponse> responses() {
        return new ArrayList<>(responses);
    }

    List<ShardChanges> of(int number) {
        return responses().stream()
                .flatMap(response -> response.getChangesList().stream())
                .filter(changes -> changes.getSubscription() == number)
                .toList();
    }

    List<RowChange> changes(int number) {
        return of(number).stream()
                .flatMap(changes -> changes.getChangesList().stream())
                .toList();
    }

    FeedCode awaitEnd(int number) {
        Predicate<ShardChanges> ended = changes -> changes.getCode() != FeedCode.FEED_CODE_OK;
        TestNode.await(
                "end of subscription " + number, () -> of(number).stream().anyMatch(ended));
        return of(number).stream().filter(ended).findFirst().orElseThrow().getCode();
    }

    long position() {
        List<FollowResponse> all = responses();
        return all.isEmpty() ? -1 : all.getLast().getPosition().getIndex();
    }
}
