package io.voronode.coordinator.rpc;

import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.gather.WhyNot;
import io.voronode.coordinator.route.Images;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.WhyNotRequest;
import io.voronode.proto.v1.WhyNotResponse;
import java.util.List;

/** SearchService: hands requests to {@link Gather} and {@link WhyNot}, and what was answered to the canary. */
final class SearchRpc extends SearchServiceGrpc.SearchServiceImplBase {
    private final Handlers handlers;
    private final Images images;
    private final Gather gather;
    private final WhyNot whyNot;
    private final RecallCanary canary;

    SearchRpc(Handlers handlers, Images images, Gather gather, WhyNot whyNot, RecallCanary canary) {
        this.handlers = handlers;
        this.images = images;
        this.gather = gather;
        this.whyNot = whyNot;
        this.canary = canary;
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> gather.search(
                        images.collection(request.getCollection()), List.of(request.getQuery()), request.getParams()),
                answer -> SearchResponse.newBuilder()
                        .setResult(answer.results().getFirst())
                        .setSessionToken(answer.token().encode())
                        .setLag(Durations.fromMillis(answer.lagMs()))
                        .build(),
                answer -> canary.answered(answer, request.getParams()));
    }

    @Override
    public void batchSearch(BatchSearchRequest request, StreamObserver<BatchSearchResponse> observer) {
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> gather.search(
                        images.collection(request.getCollection()), request.getQueriesList(), request.getParams()),
                answer -> BatchSearchResponse.newBuilder()
                        .addAllResults(answer.results())
                        .setSessionToken(answer.token().encode())
                        .setLag(Durations.fromMillis(answer.lagMs()))
                        .build(),
                answer -> canary.answered(answer, request.getParams()));
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
