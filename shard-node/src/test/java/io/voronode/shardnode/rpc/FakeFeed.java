package io.voronode.shardnode.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.FeedServiceGrpc;
import io.voronode.proto.internal.v1.FollowRequest;
import io.voronode.proto.internal.v1.FollowResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.Subscribe;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Feeds of {@link FakePartition}s, as awkward as the protocol allows: batches of random size, subscriptions that lag behind others on
 * the same stream, and sometimes scans that break off.
 */
final class FakeFeed extends FeedServiceGrpc.FeedServiceImplBase {
    private static final int SCAN_BATCH = 7;

    private final List<FakePartition> partitions;
    private final Random random;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private volatile double scanFailures;

    FakeFeed(List<FakePartition> partitions, long seed) {
        this.partitions = partitions;
        this.random = new Random(seed);
    }

    /** From now on this share of scan batches breaks the scan off. */
    void failScans(double share) {
        scanFailures = share;
    }

    /** Breaks all streams, as a restart of the source does. */
    void breakStreams() {
        streams.forEach(Stream::breakOff);
    }

    private int random(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    @Override
    public StreamObserver<FollowRequest> follow(StreamObserver<FollowResponse> responses) {
        Stream stream = new Stream((ServerCallStreamObserver<FollowResponse>) responses);
        streams.add(stream);
        return stream;
    }

    /** One follower of one partition. */
    private final class Stream implements StreamObserver<FollowRequest> {
        /** What was asked, and how far it has been answered; −1: not at all. */
        private static final class Sent {
            private final Subscribe subscribe;
            private long upto;
            private boolean answered;
            private boolean atHead;
            private long unstamped;

            Sent(Subscribe subscribe) {
                this.subscribe = subscribe;
                this.upto = subscribe.getAfter().getIndex();
            }
        }

        private final ServerCallStreamObserver<FollowResponse> responses;
        private final Map<Integer, Sent> subscriptions = new HashMap<>();
        private boolean over;

        Stream(ServerCallStreamObserver<FollowResponse> responses) {
            this.responses = responses;
            responses.setOnCancelHandler(this::cancelled);
        }

        private synchronized void cancelled() {
            over = true;
        }

        @Override
        public synchronized void onNext(FollowRequest request) {
            switch (request.getMessageCase()) {
                case HELLO -> {
                    FakePartition partition = partitions.get(request.getHello().getPartition());
                    Thread.ofVirtual().start(() -> pump(partition));
                }
                case SUBSCRIBE ->
                    subscriptions.put(request.getSubscribe().getSubscription(), new Sent(request.getSubscribe()));
                case UNSUBSCRIBE ->
                    subscriptions.remove(request.getUnsubscribe().getSubscription());
                case ACK, MESSAGE_NOT_SET -> {}
            }
        }

        private void pump(FakePartition partition) {
            long said = 0;
            try {
                while (step(partition)) {
                    partition.awaitBeyond(said);
                    said = partition.position().getIndex();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            streams.remove(this);
        }

        private synchronized boolean step(FakePartition partition) {
            if (over) {
                return false;
            }
            synchronized (partition) {
                Position position = partition.position();
                FollowResponse.Builder response = FollowResponse.newBuilder().setPosition(position);
                for (Sent sent : new ArrayList<>(subscriptions.values())) {
                    answer(partition, sent, position, response);
                }
                responses.onNext(response.build());
            }
            return true;
        }

        private void answer(FakePartition partition, Sent sent, Position position, FollowResponse.Builder response) {
            FeedCode code = partition.check(sent.subscribe, sent.upto);
            if (code != FeedCode.FEED_CODE_OK) {
                response.addChanges(ShardChanges.newBuilder()
                        .setSubscription(sent.subscribe.getSubscription())
                        .setCode(code));
                subscriptions.remove(sent.subscribe.getSubscription());
                return;
            }
            if (!sent.answered && random(3) == 0) {
                return; // not looked at yet
            }
            FakePartition.Batch batch = partition.read(sent.subscribe, sent.upto, 1 + random(20));
            ShardChanges changes = batch.changes();
            if (changes == null) {
                return;
            }
            boolean head = batch.sentUpto() >= position.getIndex();
            boolean silent = sent.answered
                    && sent.atHead
                    && head
                    && sent.unstamped == changes.getUnstamped()
                    && changes.getChangesCount() == 0;
            if (!silent || changes.getCode() != FeedCode.FEED_CODE_OK) {
                response.addChanges(changes);
            }
            sent.answered = true;
            sent.atHead = head;
            sent.unstamped = changes.getUnstamped();
            sent.upto = batch.sentUpto();
            if (changes.getCode() != FeedCode.FEED_CODE_OK) {
                subscriptions.remove(sent.subscribe.getSubscription());
            }
        }

        synchronized void breakOff() {
            if (!over) {
                over = true;
                responses.onError(Statuses.toGrpc(new VoronodeException.Unavailable("the replica closes")));
            }
        }

        @Override
        public synchronized void onError(Throwable failure) {
            over = true;
        }

        @Override
        public synchronized void onCompleted() {
            over = true;
            responses.onCompleted();
        }
    }

    @Override
    public void scanShard(ScanShardRequest request, StreamObserver<ScanShardResponse> observer) {
        FakePartition partition = partitions.get(request.getPartition());
        String after = request.getAfterKey();
        boolean more = true;
        while (more) {
            ScanShardResponse batch;
            synchronized (partition) {
                List<ScannedRow> rows = partition.scan(request.getGeneration(), request.getShard(), after, SCAN_BATCH);
                batch = ScanShardResponse.newBuilder()
                        .setPosition(partition.position())
                        .addAllRows(rows)
                        .setUnstamped(partition.unstamped(request.getGeneration()))
                        .build();
            }
            observer.onNext(batch);
            more = batch.getRowsCount() == SCAN_BATCH;
            if (batch.getRowsCount() > 0) {
                after = batch.getRows(batch.getRowsCount() - 1).getKey();
            }
            if (random(1000) < 1000 * scanFailures) {
                throw new VoronodeException.Unavailable("the scan breaks off");
            }
        }
        observer.onCompleted();
    }
}
