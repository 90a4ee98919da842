package io.voronode.coordinator.rpc;

import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.gather.SearchListener;
import io.voronode.coordinator.gather.WhyNot;
import io.voronode.coordinator.route.Images;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.WhyNotRequest;
import io.voronode.proto.v1.WhyNotResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** SearchService: hands requests to {@link Gather} and {@link WhyNot}, and what was answered to the canary, the log of slow ones and the meters. */
final class SearchRpc extends SearchServiceGrpc.SearchServiceImplBase {
    private final Handlers handlers;
    private final Images images;
    private final Gather gather;
    private final WhyNot whyNot;
    private final RecallCanary canary;
    private final SlowSearches slow;
    private final SearchListener listener;

    SearchRpc(
            Handlers handlers,
            Images images,
            Gather gather,
            WhyNot whyNot,
            RecallCanary canary,
            SlowSearches slow,
            SearchListener listener) {
        this.handlers = handlers;
        this.images = images;
        this.gather = gather;
        this.whyNot = whyNot;
        this.canary = canary;
        this.slow = slow;
        this.listener = listener;
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
        long start = System.nanoTime();
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> gather.search(
                        images.collection(request.getCollection()), List.of(request.getQuery()), request.getParams()),
                answer -> SearchResponse.newBuilder()
                        .setResult(answer.results().getFirst())
                        .setSessionToken(answer.token().encode())
                        .setLag(Lag.of(answer.lagMs()))
                        .build(),
                answer -> answered(start, request.getCollection(), request.getParams(), answer));
    }

    @Override
    public void batchSearch(BatchSearchRequest request, StreamObserver<BatchSearchResponse> observer) {
        long start = System.nanoTime();
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> gather.search(
                        images.collection(request.getCollection()), request.getQueriesList(), request.getParams()),
                answer -> BatchSearchResponse.newBuilder()
                        .addAllResults(answer.results())
                        .setSessionToken(answer.token().encode())
                        .setLag(Lag.of(answer.lagMs()))
                        .build(),
                answer -> answered(start, request.getCollection(), request.getParams(), answer));
    }

    private void answered(long start, String collection, SearchParams params, SearchAnswer answer) {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        slow.answered(tookMs, collection, answer.results().size(), params, answer);
        canary.answered(answer, params);
        listener.answered(answer);
    }

    @Override
    public void whyNot(WhyNotRequest request, StreamObserver<WhyNotResponse> observer) {
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> whyNot.explain(
                        images.collection(request.getCollection()),
                        request.getKey(),
                        request.getQuery(),
                        request.getParams()));
    }
}
