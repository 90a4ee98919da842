package io.voronode.client.internal;

import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.WhyNot;
import io.voronode.client.internal.Sessions.Tokened;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.WhyNotRequest;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The calls of SearchService. Any thread may use it. */
public final class SearchCalls {
    /** Rough sizes, to keep the answers of one request below the message limit. */
    private static final int ANSWER_BYTES = 8 << 20;

    private static final int HIT_BYTES = 100;
    private static final int PAYLOAD_BYTES = 1_000;
    private static final int VECTOR_BYTES = 4_000;
    private static final int DOCUMENT_BYTES = 16_000;

    private final Transport transport;
    private final Retries retries;
    private final Sessions sessions;

    SearchCalls(Transport transport, Retries retries, Sessions sessions) {
        this.transport = transport;
        this.retries = retries;
        this.sessions = sessions;
    }

    public CompletableFuture<SearchResult> search(String collection, Query query, SearchOptions options) {
        SearchRequest.Builder request =
                SearchRequest.newBuilder().setCollection(collection).setQuery(SearchMapper.query(query));
        return sessions.readAll(collection, options.consistency(), (token, level) -> {
            SearchRequest sent = request.setParams(SearchMapper.params(options, level, token))
                    .build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(SearchServiceGrpc.getSearchMethod(), sent, address, timeout),
                    response -> new Tokened<>(
                            SearchMapper.result(response.getResult(), response.getLag()), response.getSessionToken())));
        });
    }

    public CompletableFuture<List<SearchResult>> batchSearch(
            String collection, List<Query> queries, SearchOptions options) {
        List<io.voronode.proto.v1.Query> messages =
                queries.stream().map(SearchMapper::query).toList();
        List<List<io.voronode.proto.v1.Query>> parts = Batches.split(
                messages, io.voronode.proto.v1.Query::getSerializedSize, queriesPerRequest(options), Batches.MAX_BYTES);
        return Futures.map(
                Futures.inOrder(parts, part -> batch(collection, part, options)),
                results -> results.stream().flatMap(Collection::stream).toList());
    }

    private CompletableFuture<List<SearchResult>> batch(
            String collection, List<io.voronode.proto.v1.Query> queries, SearchOptions options) {
        return sessions.readAll(collection, options.consistency(), (token, level) -> {
            BatchSearchRequest sent = BatchSearchRequest.newBuilder()
                    .setCollection(collection)
                    .addAllQueries(queries)
                    .setParams(SearchMapper.params(options, level, token))
                    .build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(SearchServiceGrpc.getBatchSearchMethod(), sent, address, timeout),
                    response -> new Tokened<>(results(response), response.getSessionToken())));
        });
    }

    /** Under the session's token, so that it sees what the search saw; it adds nothing to the session. */
    public CompletableFuture<WhyNot> whyNot(String collection, String key, Query query, SearchOptions options) {
        WhyNotRequest.Builder request =
                WhyNotRequest.newBuilder().setCollection(collection).setKey(key).setQuery(SearchMapper.query(query));
        return sessions.read(collection, options.consistency(), (token, level) -> {
            WhyNotRequest sent = request.setParams(SearchMapper.params(options, level, token))
                    .build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(SearchServiceGrpc.getWhyNotMethod(), sent, address, timeout),
                    response -> new Tokened<>(SearchMapper.whyNot(response), token)));
        });
    }

    private static List<SearchResult> results(BatchSearchResponse response) {
        return response.getResultsList().stream()
                .map(result -> SearchMapper.result(result, response.getLag()))
                .toList();
    }

    static int queriesPerRequest(SearchOptions options) {
        long hit = (long) HIT_BYTES
                + (options.withPayload() ? PAYLOAD_BYTES : 0)
                + (options.withVector() ? VECTOR_BYTES : 0)
                + (options.withDocument() ? DOCUMENT_BYTES : 0);
        long fitting = ANSWER_BYTES / (hit * Math.max(1, options.k()));
        return (int) Math.max(1, Math.min(Batches.MAX_QUERIES, fitting));
    }
}
