package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The session token of each collection that the client has talked to: what makes it read its own writes. Any thread may use
 * it. Tokens are opaque here, but for one promise of the wire: two of them, one after the other, are a token that covers what
 * either covers. So answers that overtake each other lose nothing.
 */
final class Sessions {
    /** Above this, two tokens are no longer joined: the older is dropped. About a thousand overlapping writes at 16 partitions. */
    private static final int MAX_TOKEN_BYTES = 512 << 10;

    private final boolean carried;
    private final ConcurrentHashMap<String, ByteString> tokens = new ConcurrentHashMap<>();

    Sessions(boolean carried) {
        this.carried = carried;
    }

    /** What a request should carry; empty where there is nothing to carry. */
    ByteString token(String collection) {
        return tokens.getOrDefault(collection, ByteString.EMPTY);
    }

    /** Takes the token of an answer to a request that carried another. */
    void saw(String collection, ByteString sent, ByteString returned) {
        if (carried && !returned.isEmpty()) {
            tokens.merge(collection, returned, (current, next) -> join(without(current, sent), next));
        }
    }

    /** The returned token covers the one that was sent. */
    private static ByteString without(ByteString current, ByteString sent) {
        if (current.startsWith(sent)) {
            return current.substring(sent.size());
        }
        return current.endsWith(sent) ? current.substring(0, current.size() - sent.size()) : current;
    }

    private static ByteString join(ByteString current, ByteString returned) {
        return current.size() + returned.size() > MAX_TOKEN_BYTES ? returned : current.concat(returned);
    }

    void forget(String collection) {
        tokens.remove(collection);
    }

    /** What a call answered, and the token that covers it. */
    record Tokened<T>(T value, ByteString token) {}

    /**
     * Makes a call with the collection's token and keeps the one that it returns. Where the call fails in a way that the token
     * of a dropped collection or of a replaced partition would cause, it is made once more without; when that helps, the
     * token was the fault and is forgotten.
     */
    <T> CompletableFuture<T> call(String collection, Function<ByteString, CompletableFuture<Tokened<T>>> call) {
        ByteString token = token(collection);
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletableFuture<Tokened<T>> first = call.apply(token);
        Futures.onCancel(result, () -> first.cancel(true));
        Futures.whenDone(first, (answer, failure) -> {
            if (failure == null) {
                saw(collection, token, answer.token());
                result.complete(answer.value());
            } else if (!token.isEmpty() && mayBeTheToken(Futures.error(failure))) {
                withoutToken(collection, call, result);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private <T> void withoutToken(
            String collection, Function<ByteString, CompletableFuture<Tokened<T>>> call, CompletableFuture<T> result) {
        Futures.whenDone(call.apply(ByteString.EMPTY), (answer, failure) -> {
            if (failure == null) {
                tokens.put(collection, answer.token());
                result.complete(answer.value());
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    private static boolean mayBeTheToken(VoronodeException error) {
        return error instanceof BadInput
                || (error instanceof Conflict conflict && conflict.reason() == Reason.OTHER_LINEAGE);
    }
}
