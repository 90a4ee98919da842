package io.voronode.coordinator.fake;

import io.grpc.Context;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.AwaitVisibleResponse;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.BarrierResponse;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
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
    /** Write requests in the order in which they came. */
    public final Queue<WriteRequest> writes = new ConcurrentLinkedQueue<>();
    /** So many further writes are refused for load. */
    public final AtomicInteger overloads = new AtomicInteger();
    /** So many further writes are applied and their answers lost. */
    public final AtomicInteger lostAnswers = new AtomicInteger();
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
    private volatile boolean invisible;

    FakeNode(String name, FakeCluster cluster) {
        this.name = name;
        this.cluster = cluster;
        String server = name + "-" + System.nanoTime();
        this.address = "in-process:" + server;
        try {
            this.server = InProcessServerBuilder.forName(server)
                    .addService(new Partitions())
                    .addService(new Shards())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    /** Nothing written becomes visible. */
    public void setInvisible(boolean value) {
        invisible = value;
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
                    throw new Overload("the queue is full", Duration.ofMillis(1));
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
            answer(
                    observer,
                    () -> BarrierResponse.newBuilder()
                            .setPosition(led(request.getPartition()).barrier())
                            .build());
        }

        @Override
        public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
            answer(observer, () -> {
                FakePartition partition = held(request.getPartition());
                requireKnown(partition, request.getCollectionUuid());
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
                            .forEach(response::addRows);
                }
                return response.build();
            });
        }

        @Override
        public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
            answer(observer, () -> {
                FakePartition partition = held(request.getPartition());
                requireKnown(partition, request.getCollectionUuid());
                List<io.voronode.proto.internal.v1.Row> page =
                        partition.page(request.getAfterKey(), request.getLimit() + 1);
                return ScanResponse.newBuilder()
                        .addAllRows(page.stream().limit(request.getLimit()).toList())
                        .setMore(page.size() > request.getLimit())
                        .setLiveRows(partition.rows().size())
                        .setPosition(partition.position())
                        .build();
            });
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
            answer(observer, () -> cluster.search(request, name, probeCodes));
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
