package io.voronode.coordinator.fake;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.AwaitVisibleResponse;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.BarrierResponse;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.RequestId;
import io.voronode.wire.RequestIds;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.TooLarge;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A shard node behind the in-process transport, which fails in the ways that tests order. */
public final class FakeNode implements AutoCloseable {
    /** Answers of probes by shard; those of no entry are OK. */
    public final Map<Integer, ProbeCode> probeCodes = new ConcurrentHashMap<>();
    /** Search requests in the order in which they came. */
    public final Queue<SearchRequest> searches = new ConcurrentLinkedQueue<>();
    /** Reads by key in the order in which they came. */
    public final Queue<ReadRequest> reads = new ConcurrentLinkedQueue<>();
    /** Write requests in the order in which they came. */
    public final Queue<WriteRequest> writes = new ConcurrentLinkedQueue<>();
    /** So many further writes are refused for load. */
    public final AtomicInteger overloads = new AtomicInteger();
    /** After which an overloaded node wants to be asked again. */
    public volatile Duration overloadDelay = Duration.ofMillis(1);

    /** Answers of searches above this are refused, as the transport does it. */
    public volatile int messageBytes = Channels.MAX_INTERNAL_MESSAGE_BYTES;
    /** Searches are refused for load. */
    public volatile boolean scansOverloaded;

    /** So many further writes are applied and their answers lost. */
    public final AtomicInteger lostAnswers = new AtomicInteger();
    /** So many further writes are kept underway and answered as refused; {@link #deliverHeld} brings them. */
    public final AtomicInteger holds = new AtomicInteger();

    /** Of the calls that have come. */
    public final Queue<String> requestIds = new ConcurrentLinkedQueue<>();

    /** Barriers that came. */
    public final AtomicInteger barriers = new AtomicInteger();

    private final Queue<WriteRequest> held = new ConcurrentLinkedQueue<>();
    /** Counted down when a search that was frozen has been cancelled. */
    public final CountDownLatch cancelled = new CountDownLatch(1);
    /** Counted down when a search has come. */
    public final CountDownLatch searching = new CountDownLatch(1);

    private final String name;
    private final String address;
    private final FakeCluster cluster;
    private final Server server;
    private volatile boolean down;
    private volatile boolean frozen;
    private volatile boolean cutOff;
    private volatile boolean invisible;

    FakeNode(String name, FakeCluster cluster) {
        this.name = name;
        this.cluster = cluster;
        String server = name + "-" + System.nanoTime();
        this.address = "in-process:" + server;
        try {
            this.server = InProcessServerBuilder.forName(server)
                    .intercept(new Noting())
                    .intercept(RequestIds.ofCallers())
                    .addService(new Partitions())
                    .addService(new Shards())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Noting implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            requestIds.add(RequestId.current());
            return next.startCall(call, headers);
        }
    }

    String address() {
        return address;
    }

    /** Answers everything UNAVAILABLE. */
    public void setDown(boolean value) {
        down = value;
    }

    /** Searches do not end until they are cancelled. */
    public void setFrozen(boolean value) {
        frozen = value;
    }

    /** Barriers are not answered at all. */
    public void setCutOff(boolean value) {
        cutOff = value;
    }

    /** Nothing written becomes visible. */
    public void setInvisible(boolean value) {
        invisible = value;
    }

    /** The writes that were kept underway arrive. */
    public void deliverHeld() {
        for (WriteRequest late = held.poll(); late != null; late = held.poll()) {
            cluster.partition(late.getPartition()).write(late.getOperations());
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private <R> void answer(StreamObserver<R> observer, Supplier<R> work) {
        try {
            if (down) {
                throw new Unavailable("node " + name + " is down");
            }
            R answer = work.get();
            observer.onNext(answer);
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(Statuses.toGrpc(e));
        }
    }

    private FakePartition held(int partition) {
        if (!cluster.holds(name, partition)) {
            throw new Conflict(Reason.NOT_HOSTED, "partition " + partition + " is not here");
        }
        return cluster.partition(partition);
    }

    private FakePartition led(int partition) {
        FakePartition led = held(partition);
        if (!led.leader().equals(name)) {
            throw new NotLeader("node " + name + " does not lead", led.leader());
        }
        return led;
    }

    private final class Partitions extends PartitionServiceGrpc.PartitionServiceImplBase {
        @Override
        public void write(WriteRequest request, StreamObserver<WriteResponse> observer) {
            answer(observer, () -> {
                writes.add(request);
                FakePartition partition = led(request.getPartition());
                if (overloads.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new Overload("the queue is full", overloadDelay);
                }
                if (holds.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    held.add(request);
                    throw new Overload("a write is held", Duration.ofSeconds(1));
                }
                WriteResponse response = partition.write(request.getOperations());
                if (lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new Unavailable("the connection broke");
                }
                return response;
            });
        }

        @Override
        public void barrier(BarrierRequest request, StreamObserver<BarrierResponse> observer) {
            barriers.incrementAndGet();
            if (cutOff) {
                return;
            }
            answer(
                    observer,
                    () -> BarrierResponse.newBuilder()
                            .setPosition(led(request.getPartition()).barrier())
                            .build());
        }

        @Override
        public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
            answer(observer, () -> {
                reads.add(request);
                FakePartition partition = held(request.getPartition());
                requireKnown(partition, request.getCollectionUuid());
                requireReached(partition, request.getAtLeast());
                ReadResponse.Builder response = ReadResponse.newBuilder()
                        .setPosition(cluster.readsAhead() ? partition.barrier() : partition.position());
                for (String key : request.getKeysList()) {
                    partition.rows().stream()
                            .filter(stored -> stored.row().getKey().equals(key) && !cluster.isHidden(key))
                            .map(stored -> request.getWithStamps()
                                    ? stored.row().toBuilder()
                                            .addAllStamps(stored.stamps())
                                            .build()
                                    : stored.row())
                            .map(row -> cluster.isChanged(key) ? changed(row) : row)
                            .forEach(response::addRows);
                }
                return response.build();
            });
        }

        private static Row changed(Row row) {
            return row.toBuilder()
                    .setVersion(row.getVersion() + 1)
                    .setPayload("{\"changed\":true}")
                    .setDocument(com.google.protobuf.ByteString.copyFromUtf8("changed"))
                    .build();
        }

        @Override
        public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
            answer(observer, () -> {
                FakePartition partition = held(request.getPartition());
                requireKnown(partition, request.getCollectionUuid());
                requireReached(partition, request.getAtLeast());
                List<Row> page = partition.page(request.getAfterKey(), request.getLimit() + 1);
                return ScanResponse.newBuilder()
                        .addAllRows(page.stream().limit(request.getLimit()).toList())
                        .setMore(page.size() > request.getLimit())
                        .setLiveRows(partition.rows().size())
                        .setPosition(partition.position())
                        .build();
            });
        }

        private static void requireReached(FakePartition partition, Position atLeast) {
            if (partition.position().getIndex() < atLeast.getIndex()) {
                throw new Unavailable("BEHIND: the partition has applied less than " + atLeast.getIndex());
            }
        }

        private static void requireKnown(FakePartition partition, com.google.protobuf.ByteString uuid) {
            if (!partition.knows(uuid)) {
                throw new NotFound("the collection is not known here");
            }
        }
    }

    private final class Shards extends ShardServiceGrpc.ShardServiceImplBase {
        @Override
        public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
            searches.add(request);
            searching.countDown();
            if (frozen) {
                awaitCancelled();
                observer.onError(Status.CANCELLED.asRuntimeException());
                return;
            }
            answer(observer, () -> {
                if (scansOverloaded) {
                    throw new Overload("all scan threads are busy", overloadDelay);
                }
                SearchResponse response = cluster.search(request, name, probeCodes);
                if (response.getSerializedSize() > messageBytes) {
                    throw new TooLarge("gRPC message exceeds maximum size " + messageBytes);
                }
                return response;
            });
        }

        private void awaitCancelled() {
            CountDownLatch gone = new CountDownLatch(1);
            Context.current().addListener(context -> gone.countDown(), Runnable::run);
            try {
                gone.await();
                cancelled.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void awaitVisible(AwaitVisibleRequest request, StreamObserver<AwaitVisibleResponse> observer) {
            answer(
                    observer,
                    () -> AwaitVisibleResponse.newBuilder()
                            .addAllVisible(invisible ? List.of() : request.getShardsList())
                            .build());
        }
    }
}
