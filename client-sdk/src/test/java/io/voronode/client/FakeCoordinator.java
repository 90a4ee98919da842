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
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionServiceGrpc;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.CountResponse;
import io.voronode.proto.v1.CreateCollectionRequest;
import io.voronode.proto.v1.CreateCollectionResponse;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.DeleteByFilterResponse;
import io.voronode.proto.v1.DeleteCollectionRequest;
import io.voronode.proto.v1.DeleteCollectionResponse;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.DeleteResponse;
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
import io.voronode.proto.v1.UpdatePayloadRequest;
import io.voronode.proto.v1.UpdatePayloadResponse;
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
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator that keeps records in a map, notes what it was asked, and fails as it was told to: each planned failure is used
 * once, by the next call or record that it fits. Tokens are {@code <number>;}, one more with each write.
 */
final class FakeCoordinator implements AutoCloseable {
    final String address;
    final FakeRows rows = new FakeRows();
    final Map<String, Record> records = rows.records;
    final List<UpsertRequest> upserts = Collections.synchronizedList(new ArrayList<>());
    final List<DeleteByFilterRequest> filterDeletes = Collections.synchronizedList(new ArrayList<>());
    final List<CreateCollectionRequest> creates = Collections.synchronizedList(new ArrayList<>());
    final List<DeleteRequest> deletes = Collections.synchronizedList(new ArrayList<>());
    final List<StreamingUpsertRequest> streamed = Collections.synchronizedList(new ArrayList<>());
    final List<BatchSearchRequest> batchSearches = Collections.synchronizedList(new ArrayList<>());
    final List<String> tokensOfReads = Collections.synchronizedList(new ArrayList<>());
    final Deque<RuntimeException> failures = new ArrayDeque<>();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger mostUnanswered = new AtomicInteger();
    /** Answers a batch only when four are held, one comes that was sent before, or the client has sent all. */
    volatile boolean holdStreamAnswers;
    /** Breaks the stream after so many answers, with the next batch written and not answered; used once. */
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
        rows.fail(key, codes);
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

    private synchronized @Nullable RuntimeException nextFailure() {
        return failures.poll();
    }

    private ByteString token() {
        return ByteString.copyFromUtf8(rows.versions.get() + ";");
    }

    private final class Records extends RecordServiceGrpc.RecordServiceImplBase {
        @Override
        public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> to) {
            upserts.add(request);
            answer(
                    to,
                    () -> UpsertResponse.newBuilder()
                            .addAllResults(rows.upsert(
                                    request.getRequestId(), request.getOrdinalsList(), request.getRecordsList()))
                            .setIndexed(true)
                            .setSessionToken(token())
                            .build());
        }

        @Override
        public void delete(DeleteRequest request, StreamObserver<DeleteResponse> to) {
            deletes.add(request);
            answer(
                    to,
                    () -> DeleteResponse.newBuilder()
                            .addAllResults(rows.delete(request))
                            .setIndexed(true)
                            .setSessionToken(token())
                            .build());
        }

        @Override
        public void updatePayload(UpdatePayloadRequest request, StreamObserver<UpdatePayloadResponse> to) {
            answer(
                    to,
                    () -> UpdatePayloadResponse.newBuilder()
                            .addAllResults(rows.updatePayload(request))
                            .setIndexed(true)
                            .setSessionToken(token())
                            .build());
        }

        @Override
        public void deleteByFilter(DeleteByFilterRequest request, StreamObserver<DeleteByFilterResponse> to) {
            filterDeletes.add(request);
            answer(
                    to,
                    () -> rows.deleteByFilter(request).toBuilder()
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
        /** Batches of which a record of the key is to come again before those after them, as a coordinator keeps them. */
        private final Map<String, TreeSet<Long>> undecided = new TreeMap<>();

        private ByteString streamId = ByteString.EMPTY;
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
            if (!request.getStreamId().isEmpty()) {
                streamId = request.getStreamId();
            }
            if (silent) {
                return;
            }
            held.add(request);
            mostUnanswered.accumulateAndGet(held.size(), Math::max);
            if (!holdStreamAnswers || held.size() == 4 || request.getOrdinalsCount() > 0) {
                drain();
            }
        }

        private void drain() {
            while (!over && !held.isEmpty()) {
                RuntimeException failure = nextFailure();
                if (failure != null) {
                    end(Statuses.toGrpc(failure));
                    return;
                }
                StreamingUpsertRequest request = held.remove();
                StreamingUpsertResponse answer = write(request);
                if (answers == breakStreamAfter) {
                    breakStreamAfter = Integer.MAX_VALUE;
                    end(io.grpc.Status.UNAVAILABLE.asRuntimeException());
                    return;
                }
                answers++;
                to.onNext(answer);
            }
        }

        private StreamingUpsertResponse write(StreamingUpsertRequest request) {
            ByteString batch = streamId.concat(ByteString.copyFromUtf8("/" + request.getSequence()));
            StreamingUpsertResponse.Builder response =
                    StreamingUpsertResponse.newBuilder().setSequence(request.getSequence());
            for (int i = 0; i < request.getRecordsCount(); i++) {
                int ordinal = request.getOrdinalsCount() == 0 ? i : request.getOrdinals(i);
                response.addResults(write(batch, request.getSequence(), ordinal, request.getRecords(i)));
            }
            return response.setSessionToken(token()).build();
        }

        private RecordResult write(ByteString batch, long sequence, int ordinal, Record record) {
            TreeSet<Long> before = undecided.computeIfAbsent(record.getKey(), ignored -> new TreeSet<>());
            before.add(sequence);
            if (before.first() < sequence) {
                return RecordResult.newBuilder()
                        .setCode(RecordCode.RECORD_CODE_UNAVAILABLE)
                        .setMessage("batch " + before.first() + " comes first")
                        .build();
            }
            RecordResult result =
                    rows.upsert(batch, List.of(ordinal), List.of(record)).get(0);
            if (result.getCode() != RecordCode.RECORD_CODE_UNAVAILABLE
                    && result.getCode() != RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED) {
                before.remove(sequence);
            }
            return result;
        }

        private void end(Throwable error) {
            over = true;
            to.onError(error);
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
        public void createCollection(CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> to) {
            creates.add(request);
            answer(
                    to,
                    () -> CreateCollectionResponse.newBuilder()
                            .setCollection(Collection.newBuilder().setConfig(request.getConfig()))
                            .build());
        }

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
