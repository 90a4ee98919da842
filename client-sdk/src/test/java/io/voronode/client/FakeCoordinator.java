package io.voronode.client;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.CollectionServiceGrpc;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.CountResponse;
import io.voronode.proto.v1.DeleteCollectionRequest;
import io.voronode.proto.v1.DeleteCollectionResponse;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.ScrollRequest;
import io.voronode.proto.v1.ScrollResponse;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.wire.Statuses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A coordinator that keeps records in a map, notes what it was asked, and fails as it was told to: each planned failure is used
 * once, by the next call or record that it fits. Tokens are {@code <number>;}, one more with each write.
 */
final class FakeCoordinator implements AutoCloseable {
    final String address;
    final Map<String, Record> records = new ConcurrentHashMap<>();
    final List<UpsertRequest> upserts = Collections.synchronizedList(new ArrayList<>());
    final List<StreamingUpsertRequest> streamed = Collections.synchronizedList(new ArrayList<>());
    final List<BatchSearchRequest> batchSearches = Collections.synchronizedList(new ArrayList<>());
    final List<String> tokensOfReads = Collections.synchronizedList(new ArrayList<>());
    final Deque<RuntimeException> failures = new ArrayDeque<>();
    final Map<String, Deque<RecordCode>> recordFailures = new ConcurrentHashMap<>();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger mostUnanswered = new AtomicInteger();
    /** Answers a batch only when this many have come after it, or the client has sent all. */
    volatile boolean holdStreamAnswers;
    /** Breaks the stream after so many answers; used once. */
    volatile int breakStreamAfter = Integer.MAX_VALUE;
    /** Answers nothing, as a process that was stopped; batches of a stream are noted and not written. */
    volatile boolean silent;
    /** Keeps the answers to unary calls until {@link #release()}. */
    volatile boolean holdAnswers;

    volatile ServingStatus health = ServingStatus.SERVING;
    final AtomicInteger healthChecks = new AtomicInteger();
    final AtomicInteger openHealthChecks = new AtomicInteger();
    final AtomicInteger mostOpenHealthChecks = new AtomicInteger();
    private final Deque<Runnable> heldAnswers = new ArrayDeque<>();

    private final AtomicLong versions = new AtomicLong();
    private final Server server;

    FakeCoordinator() {
        String name = "fake-" + UUID.randomUUID();
        this.address = "in-process:" + name;
        try {
            this.server = InProcessServerBuilder.forName(name)
                    .addServices(services().stream()
                            .map(BindableService::bindService)
                            .toList())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the fake server " + name, e);
        }
    }

    private List<BindableService> services() {
        return List.of(new Records(), new Searches(), new CollectionsApi(), new Health());
    }

    synchronized void failNext(int times, RuntimeException error) {
        for (int i = 0; i < times; i++) {
            failures.add(error);
        }
    }

    void failRecord(String key, RecordCode... codes) {
        recordFailures.put(key, new ArrayDeque<>(List.of(codes)));
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private <T> void answer(StreamObserver<T> to, java.util.function.Supplier<T> value) {
        calls.incrementAndGet();
        if (silent) {
            return;
        }
        if (holdAnswers) {
            hold(() -> answerNow(to, value));
        } else {
            answerNow(to, value);
        }
    }

    private synchronized void hold(Runnable answer) {
        heldAnswers.add(answer);
    }

    /** Answers what was held, and from now on at once. */
    synchronized void release() {
        holdAnswers = false;
        while (!heldAnswers.isEmpty()) {
            heldAnswers.remove().run();
        }
    }

    private <T> void answerNow(StreamObserver<T> to, java.util.function.Supplier<T> value) {
        RuntimeException failure = nextFailure();
        if (failure != null) {
            to.onError(Statuses.toGrpc(failure));
            return;
        }
        try {
            to.onNext(value.get());
            to.onCompleted();
        } catch (RuntimeException e) {
            to.onError(Statuses.toGrpc(e));
        }
    }

    private synchronized @org.jspecify.annotations.Nullable RuntimeException nextFailure() {
        return failures.poll();
    }

    private List<RecordResult> write(List<Record> batch) {
        return batch.stream().map(this::write).toList();
    }

    private RecordResult write(Record record) {
        Deque<RecordCode> planned = recordFailures.getOrDefault(record.getKey(), new ArrayDeque<>());
        RecordCode failure = planned.poll();
        if (failure != null) {
            return RecordResult.newBuilder()
                    .setCode(failure)
                    .setMessage("planned")
                    .build();
        }
        boolean existed = records.put(record.getKey(), record) != null;
        return RecordResult.newBuilder()
                .setCode(RecordCode.RECORD_CODE_OK)
                .setVersion(versions.incrementAndGet())
                .setExisted(existed)
                .build();
    }

    private ByteString token() {
        return ByteString.copyFromUtf8(versions.get() + ";");
    }

    private final class Records extends RecordServiceGrpc.RecordServiceImplBase {
        @Override
        public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> to) {
            upserts.add(request);
            answer(
                    to,
                    () -> UpsertResponse.newBuilder()
                            .addAllResults(write(request.getRecordsList()))
                            .setIndexed(true)
                            .setSessionToken(token())
                            .build());
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> to) {
            tokensOfReads.add(request.getSessionToken().toStringUtf8());
            answer(to, () -> {
                GetResponse.Builder response = GetResponse.newBuilder().setSessionToken(request.getSessionToken());
                for (String key : request.getKeysList()) {
                    Record record = records.get(key);
                    response.addRecords(record == null ? Record.getDefaultInstance() : record)
                            .addResults(RecordResult.newBuilder()
                                    .setCode(
                                            record == null
                                                    ? RecordCode.RECORD_CODE_NOT_FOUND
                                                    : RecordCode.RECORD_CODE_OK));
                }
                return response.build();
            });
        }

        @Override
        public void count(CountRequest request, StreamObserver<CountResponse> to) {
            tokensOfReads.add(request.getSessionToken().toStringUtf8());
            answer(to, () -> CountResponse.newBuilder().setCount(records.size()).build());
        }

        @Override
        public void scroll(ScrollRequest request, StreamObserver<ScrollResponse> to) {
            answer(to, () -> {
                String after = request.getCursor().toStringUtf8();
                List<Record> rest = new TreeMap<>(records)
                        .tailMap(after, false).values().stream().limit(3).toList();
                ScrollResponse.Builder page = ScrollResponse.newBuilder().addAllRecords(rest);
                if (rest.size() == 3) {
                    page.setNextCursor(ByteString.copyFromUtf8(rest.get(2).getKey()));
                }
                return page.build();
            });
        }

        @Override
        public StreamObserver<StreamingUpsertRequest> streamingUpsert(StreamObserver<StreamingUpsertResponse> to) {
            calls.incrementAndGet();
            return new Upserts(to);
        }
    }

    private final class Upserts implements StreamObserver<StreamingUpsertRequest> {
        private final StreamObserver<StreamingUpsertResponse> to;
        private final Deque<StreamingUpsertRequest> held = new ArrayDeque<>();
        private int answers;
        private boolean over;

        Upserts(StreamObserver<StreamingUpsertResponse> to) {
            this.to = to;
        }

        @Override
        public void onNext(StreamingUpsertRequest request) {
            if (over) {
                return;
            }
            streamed.add(request);
            if (silent) {
                return;
            }
            held.add(request);
            mostUnanswered.accumulateAndGet(held.size(), Math::max);
            if (!holdStreamAnswers || held.size() == 4) {
                drain();
            }
        }

        private void drain() {
            while (!over && !held.isEmpty()) {
                RuntimeException failure = nextFailure();
                if (failure != null || answers == breakStreamAfter) {
                    breakStreamAfter = Integer.MAX_VALUE;
                    over = true;
                    to.onError(
                            failure == null
                                    ? io.grpc.Status.UNAVAILABLE.asRuntimeException()
                                    : Statuses.toGrpc(failure));
                    return;
                }
                StreamingUpsertRequest request = held.remove();
                answers++;
                to.onNext(StreamingUpsertResponse.newBuilder()
                        .setSequence(request.getSequence())
                        .addAllResults(write(request.getRecordsList()))
                        .setSessionToken(token())
                        .build());
            }
        }

        @Override
        public void onError(Throwable failure) {
            over = true;
        }

        @Override
        public void onCompleted() {
            drain();
            if (!over) {
                to.onCompleted();
            }
        }
    }

    private final class Searches extends SearchServiceGrpc.SearchServiceImplBase {
        @Override
        public void search(SearchRequest request, StreamObserver<SearchResponse> to) {
            tokensOfReads.add(request.getParams().getSessionToken().toStringUtf8());
            answer(
                    to,
                    () -> SearchResponse.newBuilder()
                            .setResult(result(request.getQuery().getText()))
                            .setSessionToken(request.getParams().getSessionToken())
                            .build());
        }

        @Override
        public void batchSearch(BatchSearchRequest request, StreamObserver<BatchSearchResponse> to) {
            batchSearches.add(request);
            answer(
                    to,
                    () -> BatchSearchResponse.newBuilder()
                            .addAllResults(request.getQueriesList().stream()
                                    .map(query -> result(query.getText()))
                                    .toList())
                            .build());
        }

        private static SearchResult result(String key) {
            return SearchResult.newBuilder()
                    .addHits(Hit.newBuilder().setKey(key))
                    .build();
        }
    }

    private final class CollectionsApi extends CollectionServiceGrpc.CollectionServiceImplBase {
        @Override
        public void deleteCollection(DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> to) {
            answer(to, DeleteCollectionResponse::getDefaultInstance);
        }
    }

    private final class Health extends HealthGrpc.HealthImplBase {
        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> to) {
            healthChecks.incrementAndGet();
            mostOpenHealthChecks.accumulateAndGet(openHealthChecks.incrementAndGet(), Math::max);
            ServerCallStreamObserver<HealthCheckResponse> call = (ServerCallStreamObserver<HealthCheckResponse>) to;
            if (silent) {
                call.setOnCancelHandler(openHealthChecks::decrementAndGet);
                return;
            }
            openHealthChecks.decrementAndGet();
            to.onNext(HealthCheckResponse.newBuilder().setStatus(health).build());
            to.onCompleted();
        }
    }
}
