package io.voronode.client.internal;

import io.voronode.client.Filter;
import io.voronode.client.FilteredDelete;
import io.voronode.client.internal.Sessions.Tokened;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.DeleteByFilterResponse;
import io.voronode.proto.v1.RecordServiceGrpc;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Deletes by filter, call after call until nothing is left. Any thread may use it. */
public final class FilterDeleteCalls {
    private final Transport transport;
    private final Retries retries;
    private final Sessions sessions;

    FilterDeleteCalls(Transport transport, Retries retries, Sessions sessions) {
        this.transport = transport;
        this.retries = retries;
        this.sessions = sessions;
    }

    public CompletableFuture<FilteredDelete> delete(String collection, Filter filter) {
        return new Running(request(collection, filter).build()).start();
    }

    /** One delete, which takes as many calls as there are records for. Runs on one thread at a time. */
    private final class Running {
        private final DeleteByFilterRequest request;
        private final CompletableFuture<FilteredDelete> outcome = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<DeleteByFilterResponse> call;
        private @Nullable FilteredDelete soFar;

        Running(DeleteByFilterRequest request) {
            this.request = request;
        }

        CompletableFuture<FilteredDelete> start() {
            Futures.onCancel(outcome, () -> {
                CompletableFuture<DeleteByFilterResponse> current = call;
                if (current != null) {
                    current.cancel(true);
                }
            });
            next();
            return outcome;
        }

        private void next() {
            if (outcome.isDone()) {
                return;
            }
            CompletableFuture<DeleteByFilterResponse> sent = once(request);
            call = sent;
            Futures.whenDone(sent, (response, failure) -> {
                if (failure != null) {
                    outcome.completeExceptionally(Futures.error(failure));
                } else {
                    answered(response);
                }
            });
        }

        private void answered(DeleteByFilterResponse response) {
            FilteredDelete before = soFar == null ? new FilteredDelete(response.getMatched(), 0, 0) : soFar;
            FilteredDelete now = new FilteredDelete(
                    before.matched(),
                    before.deleted() + response.getDeleted(),
                    before.changed() + response.getChanged());
            soFar = now;
            if (response.getMore()) {
                next();
            } else {
                outcome.complete(now);
            }
        }
    }

    public CompletableFuture<Long> count(String collection, Filter filter) {
        return Futures.map(
                once(request(collection, filter).setDryRun(true).build()), DeleteByFilterResponse::getMatched);
    }

    private static DeleteByFilterRequest.Builder request(String collection, Filter filter) {
        return DeleteByFilterRequest.newBuilder().setCollection(collection).setFilter(FilterMapper.filter(filter));
    }

    private CompletableFuture<DeleteByFilterResponse> once(DeleteByFilterRequest request) {
        return sessions.call(request.getCollection(), token -> {
            DeleteByFilterRequest sent =
                    request.toBuilder().setSessionToken(token).build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(RecordServiceGrpc.getDeleteByFilterMethod(), sent, address, timeout),
                    response -> new Tokened<>(response, response.getSessionToken())));
        });
    }
}
