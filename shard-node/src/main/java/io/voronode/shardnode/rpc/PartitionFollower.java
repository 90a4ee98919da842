package io.voronode.shardnode.rpc;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.voronode.proto.internal.v1.FeedAck;
import io.voronode.proto.internal.v1.FeedServiceGrpc;
import io.voronode.proto.internal.v1.FollowHello;
import io.voronode.proto.internal.v1.FollowRequest;
import io.voronode.proto.internal.v1.FollowResponse;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.Subscribe;
import io.voronode.proto.internal.v1.Unsubscribe;
import io.voronode.shardnode.shard.ShardFeed;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.wire.Channels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of one partition to this node. Subscriptions outlive connections: when one breaks, or says nothing for {@link
 * #SILENCE_NANOS}, the next holder of the partition is asked, after a back-off, and every subscription starts behind what its
 * replica has committed.
 *
 * <p>A message that does not name a subscription advances it only if the subscription was complete when it was last named on this
 * connection: a source that has not got to it yet, or holds back its changes, has not said anything about it.
 *
 * <p>Guarded by its own lock; sinks only put into inboxes, so they may be called under it.
 */
final class PartitionFollower {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionFollower.class);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MIN_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 2_000;
    /** A source that was behind so many times in a row is left for another. */
    private static final int MAX_BEHIND = 20;

    private final int partition;
    private final String node;
    private final Supplier<List<String>> addresses;
    private final Channels channels;
    private final ScheduledExecutorService timer;

    private final Set<Followed> open = new LinkedHashSet<>();
    private final Map<Integer, Followed> byNumber = new HashMap<>();
    private @Nullable Connection connection;
    private boolean connecting;
    private boolean closed;
    private int nextNumber;
    private int attempts;
    private long backoffMs = MIN_BACKOFF_MS;

    PartitionFollower(
            int partition,
            String node,
            Supplier<List<String>> addresses,
            Channels channels,
            ScheduledExecutorService timer) {
        this.partition = partition;
        this.node = node;
        this.addresses = addresses;
        this.channels = channels;
        this.timer = timer;
    }

    synchronized ShardFeed.Subscription follow(ShardId shard, ShardFeed.Sink sink) {
        Followed followed = new Followed(shard, sink);
        open.add(followed);
        if (connection == null) {
            connect();
        } else {
            connection.subscribe(followed);
        }
        return followed;
    }

    /** Gives up a connection that went silent, and shows life on one that lives. Called every second or so. */
    synchronized void watch() {
        if (connection == null) {
            return;
        }
        if (System.nanoTime() - connection.heardNanos > SILENCE_NANOS) {
            LOG.warn("the feed of partition {} from {} went silent", partition, connection.address);
            disconnect();
        } else {
            connection.showLife();
        }
    }

    synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.cancel("closed");
        }
        connection = null;
        open.clear();
        byNumber.clear();
    }

    // ---- connections

    private void connect() {
        if (closed || connecting || connection != null || open.isEmpty()) {
            return;
        }
        List<String> known = addresses.get();
        if (known.isEmpty()) {
            connectLater();
            return;
        }
        Connection made = new Connection(known.get(Math.floorMod(attempts++, known.size())));
        connection = made;
        made.start();
        open.forEach(made::subscribe);
    }

    private void connectLater() {
        if (connecting) {
            return;
        }
        connecting = later(
                () -> {
                    connecting = false;
                    connect();
                },
                backoffMs);
        backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    }

    /** Runs a step under the lock, later; false when everything is being closed. */
    private boolean later(Runnable step, long delayMs) {
        try {
            ScheduledFuture<?> _ = timer.schedule(() -> runGuarded(step), delayMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the node closes
        }
    }

    private synchronized void runGuarded(Runnable step) {
        if (closed) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("following partition {} failed", partition, e);
        }
    }

    private void disconnect() {
        if (connection != null) {
            connection.cancel("given up");
        }
        connection = null;
        byNumber.clear();
        connectLater();
    }

    /** One stream to one source; dead as soon as it is not the follower's connection any more. */
    private final class Connection implements ClientResponseObserver<FollowRequest, FollowResponse> {
        private final String address;
        private long heardNanos = System.nanoTime();
        private @Nullable ClientCallStreamObserver<FollowRequest> requests;
        private @Nullable FeedAck lastAck;

        Connection(String address) {
            this.address = address;
        }

        void start() {
            FeedServiceGrpc.newStub(channels.to(address)).follow(this);
            send(FollowRequest.newBuilder()
                    .setHello(FollowHello.newBuilder().setPartition(partition).setNode(node)));
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<FollowRequest> stream) {
            requests = stream;
        }

        void send(FollowRequest.Builder request) {
            if (requests != null) {
                requests.onNext(request.build());
            }
        }

        void acknowledge(FeedAck ack) {
            lastAck = ack;
            send(FollowRequest.newBuilder().setAck(ack));
        }

        /** Says the last thing again, so that the source knows that somebody is there. */
        void showLife() {
            if (lastAck != null) {
                send(FollowRequest.newBuilder().setAck(lastAck));
            }
        }

        void cancel(String why) {
            if (requests != null) {
                requests.cancel(why, null);
            }
        }

        void subscribe(Followed followed) {
            followed.number = ++nextNumber;
            followed.caughtUp = false;
            byNumber.put(followed.number, followed);
            send(FollowRequest.newBuilder()
                    .setSubscribe(Subscribe.newBuilder()
                            .setSubscription(followed.number)
                            .setCollectionUuid(followed.shard.collectionUuid())
                            .setGeneration(followed.shard.generation())
                            .setShard(followed.shard.shard())
                            .setAfter(followed.sink.after())));
        }

        @Override
        public void onNext(FollowResponse response) {
            synchronized (PartitionFollower.this) {
                if (connection == this) {
                    heardNanos = System.nanoTime();
                    backoffMs = MIN_BACKOFF_MS;
                    dispatch(response);
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            ended(failure);
        }

        @Override
        public void onCompleted() {
            ended(null);
        }

        private void ended(@Nullable Throwable failure) {
            synchronized (PartitionFollower.this) {
                if (connection == this) {
                    LOG.debug("the feed of partition {} from {} ended", partition, address, failure);
                    connection = null;
                    byNumber.clear();
                    connectLater();
                }
            }
        }
    }

    // ---- what sources say

    private void dispatch(FollowResponse response) {
        Set<Integer> named = new HashSet<>();
        for (ShardChanges changes : response.getChangesList()) {
            named.add(changes.getSubscription());
            Followed followed = byNumber.get(changes.getSubscription());
            if (followed != null) {
                dispatch(followed, response, changes);
            }
        }
        byNumber.forEach((number, followed) -> {
            if (followed.caughtUp && !named.contains(number)) {
                followed.sink.advanced(response.getPosition(), response.getLagMs());
            }
        });
    }

    private void dispatch(Followed followed, FollowResponse response, ShardChanges changes) {
        switch (changes.getCode()) {
            case FEED_CODE_OK -> {
                followed.behind = 0;
                followed.caughtUp =
                        changes.getUptoIndex() >= response.getPosition().getIndex();
                followed.tell(response, changes);
            }
            case FEED_CODE_GENERATION_ENDED, FEED_CODE_REBUILD -> {
                byNumber.remove(followed.number);
                open.remove(followed);
                followed.tell(response, changes);
            }
            case FEED_CODE_BEHIND, FEED_CODE_UNKNOWN -> askAgain(followed);
            case FEED_CODE_UNSPECIFIED, UNRECOGNIZED ->
                LOG.error("partition {} sent an unknown feed code {}", partition, changes.getCodeValue());
        }
    }

    private void askAgain(Followed followed) {
        byNumber.remove(followed.number);
        if (++followed.behind > MAX_BEHIND && addresses.get().size() > 1) {
            followed.behind = 0;
            disconnect();
            return;
        }
        later(() -> resubscribe(followed), Math.min(MIN_BACKOFF_MS * followed.behind, MAX_BACKOFF_MS));
    }

    private void resubscribe(Followed followed) {
        if (connection != null && open.contains(followed) && !byNumber.containsKey(followed.number)) {
            connection.subscribe(followed);
        }
    }

    /** A subscription, over all connections. Its fields are guarded by the follower's lock. */
    private final class Followed implements ShardFeed.Subscription {
        private final ShardId shard;
        private final ShardFeed.Sink sink;
        private int number;
        private int behind;
        private boolean caughtUp;

        Followed(ShardId shard, ShardFeed.Sink sink) {
            this.shard = shard;
            this.sink = sink;
        }

        void tell(FollowResponse response, ShardChanges changes) {
            sink.changed(response.getPosition(), response.getLagMs(), changes);
        }

        @Override
        public void acknowledge(long appliedIndex, long committedIndex, boolean serving) {
            synchronized (PartitionFollower.this) {
                if (connection != null && byNumber.get(number) == this) {
                    connection.acknowledge(FeedAck.newBuilder()
                            .setSubscription(number)
                            .setAppliedIndex(appliedIndex)
                            .setCommittedIndex(committedIndex)
                            .setServing(serving)
                            .build());
                }
            }
        }

        @Override
        public void close() {
            synchronized (PartitionFollower.this) {
                open.remove(this);
                if (connection != null && byNumber.remove(number, this)) {
                    connection.send(FollowRequest.newBuilder()
                            .setUnsubscribe(Unsubscribe.newBuilder().setSubscription(number)));
                }
            }
        }
    }
}
