package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.Consistency;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The session token of each collection that the client has talked to: what makes it read its own writes. Any thread may use
 * it. Tokens are opaque here, but for one promise of the wire: two of them, one after the other, are a token that covers what
 * either covers. So answers that overtake each other lose nothing. Where there are so many that their tokens do not fit into a
 * request, some are dropped, and reads are STRONG until one of all partitions has brought a token that covers those, too.
 */
final class Sessions {
    /** Above this, two tokens are no longer joined: the older is dropped. About seven thousand overlapping writes at 16 partitions. */
    static final int MAX_TOKEN_BYTES = 3 << 20;

    private static final Set<Reason> OF_THE_TOKEN = EnumSet.of(Reason.OTHER_LINEAGE, Reason.FUTURE_POSITION);

    private final boolean carried;
    private final ConcurrentHashMap<String, ByteString> tokens = new ConcurrentHashMap<>();
    /** Collections of which a token was dropped; each time under another mark. */
    private final ConcurrentHashMap<String, Object> dropped = new ConcurrentHashMap<>();

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
            tokens.merge(collection, returned, (current, next) -> join(collection, without(current, sent), next));
        }
    }

    /** The returned token covers the one that was sent. */
    private static ByteString without(ByteString current, ByteString sent) {
        if (current.startsWith(sent)) {
            return current.substring(sent.size());
        }
        return current.endsWith(sent) ? current.substring(0, current.size() - sent.size()) : current;
    }

    private ByteString join(String collection, ByteString current, ByteString returned) {
        if (current.size() + returned.size() <= MAX_TOKEN_BYTES) {
            return current.concat(returned);
        }
        dropped.put(collection, new Object());
        return returned;
    }

    void forget(String collection) {
        tokens.remove(collection);
        dropped.remove(collection);
    }

    /** What a call answered, and the token that covers it. */
    record Tokened<T>(T value, ByteString token) {}

    /** A read at a level that makes up for what the token lacks. */
    @FunctionalInterface
    interface Read<T> {
        CompletableFuture<Tokened<T>> start(ByteString token, ConsistencyLevel level);
    }

    /** As {@link #call}, for a read of some partitions. */
    <T> CompletableFuture<T> read(String collection, Consistency asked, Read<T> read) {
        return call(collection, token -> read.start(token, level(collection, asked)));
    }

    /** As {@link #call}, for a read of all partitions: once STRONG, its token covers all that was dropped before. */
    <T> CompletableFuture<T> readAll(String collection, Consistency asked, Read<T> read) {
        Object mark = dropped.get(collection);
        CompletableFuture<T> result = read(collection, asked, read);
        if (mark != null && asked != Consistency.EVENTUAL) {
            Futures.whenDone(result, (value, failure) -> {
                if (failure == null) {
                    dropped.remove(collection, mark);
                }
            });
        }
        return result;
    }

    private ConsistencyLevel level(String collection, Consistency asked) {
        boolean lacking = asked != Consistency.EVENTUAL && dropped.containsKey(collection);
        return CommonMapper.consistency(lacking ? Consistency.STRONG : asked);
    }

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
                || (error instanceof Conflict conflict && OF_THE_TOKEN.contains(conflict.reason()));
    }
}
