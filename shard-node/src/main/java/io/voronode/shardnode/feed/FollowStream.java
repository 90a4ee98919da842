package io.voronode.shardnode.feed;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.FeedAck;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.FollowHello;
import io.voronode.proto.internal.v1.FollowRequest;
import io.voronode.proto.internal.v1.FollowResponse;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.Subscribe;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Follow stream. gRPC's thread takes what the follower says; a thread of the stream's own reads the row store and sends, woken when
 * more is applied, when the follower says something, and when a message is due to show that the position advances.
 */
final class FollowStream implements StreamObserver<FollowRequest>, AutoCloseable {
    private static final int MAX_SUBSCRIPTIONS = 4_096;
    private static final long MESSAGE_BYTES = 2L << 20;
    /** While the position grows; the protocol asks for 100 ms, and searches that wait for a position are glad of less. */
    private static final long GROWING_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long IDLE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(800);
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Followers show life every second. */
    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final FeedSources sources;
    private final PacedStream<FollowResponse> out;
    private final Executor executor;
    private final Consumer<FollowStream> onEnd;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final SortedMap<Integer, Subscription> subscriptions = new TreeMap<>();
    private final Runnable onApplied = this::wake;
    private boolean dirty;
    private boolean ended;
    private volatile @Nullable FeedSource source;
    private volatile long heardNanos = System.nanoTime();

    /** Owned by the stream's thread. */
    private long sentPosition = -1;

    private long sentNanos;

    FollowStream(
            FeedSources sources, PacedStream<FollowResponse> out, Executor executor, Consumer<FollowStream> onEnd) {
        this.sources = sources;
        this.out = out;
        this.executor = executor;
        this.onEnd = onEnd;
    }

    @Override
    public void onNext(FollowRequest request) {
        heardNanos = System.nanoTime();
        try {
            switch (request.getMessageCase()) {
                case HELLO -> hello(request.getHello());
                case SUBSCRIBE -> subscribe(request.getSubscribe());
                case UNSUBSCRIBE -> remove(request.getUnsubscribe().getSubscription());
                case ACK -> acknowledge(request.getAck());
                case MESSAGE_NOT_SET -> throw new VoronodeException.BadInput("a follow message says nothing");
            }
        } catch (VoronodeException e) {
            end(e);
        }
    }

    private void hello(FollowHello hello) {
        if (source != null) {
            throw new VoronodeException.BadInput("a second hello on one stream");
        }
        FeedSource found = sources.source(hello.getPartition());
        source = found;
        found.onApplied(onApplied);
        executor.execute(() -> run(found));
    }

    private void subscribe(Subscribe subscribe) {
        if (source == null) {
            throw new VoronodeException.BadInput("a subscription before hello");
        }
        lock.lock();
        try {
            if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
                throw new VoronodeException.BadInput("more than " + MAX_SUBSCRIPTIONS + " subscriptions on one stream");
            }
            if (subscriptions.putIfAbsent(subscribe.getSubscription(), new Subscription(subscribe, System::nanoTime))
                    != null) {
                throw new VoronodeException.BadInput("subscription " + subscribe.getSubscription() + " exists");
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    private void remove(int number) {
        lock.lock();
        try {
            subscriptions.remove(number);
        } finally {
            lock.unlock();
        }
    }

    /** For a subscription that has just ended it may come too late, and does nothing. */
    private void acknowledge(FeedAck ack) {
        FeedSource from = source;
        long head = from == null ? 0 : from.appliedIndex();
        lock.lock();
        try {
            Subscription subscription = subscriptions.get(ack.getSubscription());
            if (subscription != null) {
                subscription.acknowledge(ack.getAppliedIndex(), ack.getCommittedIndex(), ack.getServing(), head);
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            dirty = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable error) {
        end(new VoronodeException.Unavailable("the follower is gone", error));
    }

    @Override
    public void onCompleted() {
        end(null);
    }

    @Override
    public void close() {
        end(new VoronodeException.Unavailable("the feed source closes"));
    }

    private void run(FeedSource from) {
        try {
            boolean more = false;
            while (more || awaitWork(from)) {
                more = sendNext(from);
            }
        } catch (VoronodeException e) {
            end(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new VoronodeException.Unavailable("the feed source closes", e));
        } catch (RuntimeException e) {
            end(new VoronodeException.Bug("the feed of partition " + from.partition() + " failed", e));
        }
    }

    /** False when the stream has ended. */
    private boolean awaitWork(FeedSource from) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long idleLeft = sentNanos + IDLE_INTERVAL_NANOS - System.nanoTime();
            while (!ended && !dirty && idleLeft > 0 && from.appliedIndex() <= sentPosition) {
                idleLeft = woken.awaitNanos(idleLeft);
            }
            dirty = false;
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether there is more to send at once. */
    private boolean sendNext(FeedSource from) throws InterruptedException {
        if (!out.awaitReady(STALLED_NANOS)) {
            throw new VoronodeException.Unavailable("the follower took nothing for 60 s, or is gone");
        }
        // Asked before: the view has no less than what this is about.
        FollowResponse.Builder message = FollowResponse.newBuilder().setLagMs(from.lagMs());
        boolean more = false;
        try (RowView view = from.view()) {
            ChangeReader reader = new ChangeReader(view);
            message.setPosition(Positions.of(from.partition(), reader.applied()));
            more = read(reader, message);
        }
        long position = message.getPosition().getIndex();
        boolean growing = position > sentPosition;
        long silence = System.nanoTime() - sentNanos;
        if (message.getChangesCount() == 0 && silence < (growing ? GROWING_INTERVAL_NANOS : IDLE_INTERVAL_NANOS)) {
            pause(growing ? GROWING_INTERVAL_NANOS - silence : 0);
            return false;
        }
        if (!out.send(message.build(), STALLED_NANOS)) {
            throw new VoronodeException.Unavailable("the follower took nothing for 60 s, or is gone");
        }
        sentPosition = position;
        sentNanos = System.nanoTime();
        return more;
    }

    /** While the position grows without changes for this follower, messages are gathered. */
    private static void pause(long nanos) throws InterruptedException {
        if (nanos > 0) {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }

    private boolean read(ChangeReader reader, FollowResponse.Builder message) {
        long budget = MESSAGE_BYTES;
        boolean more = false;
        for (Subscription subscription : current()) {
            if (budget <= 0) {
                more = true;
            }
            Optional<ShardChanges> changes = reader.read(subscription, Math.max(0, budget));
            if (changes.isPresent()) {
                message.addChanges(changes.get());
                budget -= changes.get().getSerializedSize();
                if (changes.get().getCode() != FeedCode.FEED_CODE_OK) {
                    remove(subscription.number());
                }
            }
            more |= subscription.completeIndex() < reader.applied().getIndex() && subscription.windowLeft() > 0;
        }
        return more;
    }

    private List<Subscription> current() {
        lock.lock();
        try {
            return new ArrayList<>(subscriptions.values());
        } finally {
            lock.unlock();
        }
    }

    /** The lowest index that its subscriptions have committed; empty for another partition or without subscriptions. */
    OptionalLong committed(int partition) {
        FeedSource from = source;
        if (from == null || from.partition() != partition) {
            return OptionalLong.empty();
        }
        return current().stream().mapToLong(Subscription::committed).min();
    }

    /** The lowest index that its followers have applied which serve and keep up; empty for another partition, without such, and for the dead. */
    OptionalLong keptUpTo(int partition) {
        FeedSource from = source;
        if (from == null || from.partition() != partition || System.nanoTime() - heardNanos > DEAD_NANOS) {
            return OptionalLong.empty();
        }
        return current().stream()
                .mapToLong(Subscription::keptUpTo)
                .filter(index -> index != Long.MAX_VALUE)
                .min();
    }

    private void end(@Nullable VoronodeException why) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        FeedSource from = source;
        if (from != null) {
            from.removeOnApplied(onApplied);
        }
        onEnd.accept(this);
        if (why == null) {
            out.complete();
        } else {
            out.fail(why);
        }
    }
}
