package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.voronode.client.ReadOptions;
import io.voronode.client.RecordPage;
import io.voronode.client.RecordStatus;
import io.voronode.client.StoredRecord;
import io.voronode.client.UpsertListener;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VectorRecord;
import io.voronode.client.Wait;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteReport;
import io.voronode.client.internal.BatchWrite.Outcome;
import io.voronode.client.internal.Sessions.Tokened;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.ScrollRequest;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** The calls of RecordService. Any thread may use it. */
public final class RecordCalls {
    /** Records whose largest form (vector, payload, key) fills a message; with documents it takes fewer. */
    private static final int KEYS_PER_GET = 180;

    private static final int KEYS_PER_GET_WITH_DOCUMENT = 16;

    private final Transport transport;
    private final Retries retries;
    private final Sessions sessions;

    RecordCalls(Transport transport, Retries retries, Sessions sessions) {
        this.transport = transport;
        this.retries = retries;
        this.sessions = sessions;
    }

    public CompletableFuture<WriteReport> upsert(String collection, List<VectorRecord> records, Wait wait) {
        var waitFor = RecordMapper.wait(wait, records.size());
        List<Record> messages = records.stream().map(RecordMapper::record).toList();
        List<List<Record>> parts =
                Batches.split(messages, Record::getSerializedSize, Batches.MAX_RECORDS, Batches.MAX_BYTES);
        return BatchWrite.inParts(transport, parts, Record::getKey, RecordCalls::oversize, (sent, budget) -> {
            UpsertRequest.Builder request = UpsertRequest.newBuilder()
                    .setRequestId(sent.requestId())
                    .addAllOrdinals(sent.ordinals())
                    .setCollection(collection)
                    .addAllRecords(sent.items())
                    .setWait(waitFor);
            return upsertOnce(collection, request, budget);
        });
    }

    private static BatchWrite.Refusal oversize(Record record) {
        return record.getSerializedSize() > Batches.MAX_RECORD_BYTES
                ? new BatchWrite.Refusal(RecordMapper.oversize(record))
                : BatchWrite.Refusal.NONE;
    }

    private CompletableFuture<Outcome> upsertOnce(String collection, UpsertRequest.Builder request, Budget budget) {
        return sessions.call(collection, token -> {
            UpsertRequest sent = request.setSessionToken(token).build();
            return retries.run(
                    budget,
                    (address, timeout) -> Futures.map(
                            transport.unary(RecordServiceGrpc.getUpsertMethod(), sent, address, timeout),
                            response -> new Tokened<>(
                                    new Outcome(response.getResultsList(), response.getIndexed()),
                                    response.getSessionToken())));
        });
    }

    public CompletableFuture<WriteReport> delete(String collection, List<String> keys, Wait wait) {
        return deleteAll(
                collection, keys.stream().map(key -> new KeyDelete(key, 0)).toList(), wait);
    }

    /** Deletes records that have these versions. */
    public CompletableFuture<WriteReport> deleteIf(String collection, Map<String, Long> versions, Wait wait) {
        List<KeyDelete> deletes = versions.entrySet().stream()
                .map(delete -> new KeyDelete(delete.getKey(), new WriteCondition.Version(delete.getValue()).version()))
                .toList();
        return deleteAll(collection, deletes, wait);
    }

    /** A key to be deleted, and the version that its record must have; 0 for any. */
    private record KeyDelete(String key, long ifVersion) {
        /** A varint takes ten bytes at most. */
        int bytes() {
            return utf8Length(key) + 10;
        }
    }

    private CompletableFuture<WriteReport> deleteAll(String collection, List<KeyDelete> deletes, Wait wait) {
        var waitFor = RecordMapper.wait(wait, deletes.size());
        List<List<KeyDelete>> parts = Batches.split(deletes, KeyDelete::bytes, Batches.MAX_RECORDS, Batches.MAX_BYTES);
        return BatchWrite.inParts(transport, parts, KeyDelete::key, key -> BatchWrite.Refusal.NONE, (sent, budget) -> {
            DeleteRequest.Builder request = DeleteRequest.newBuilder()
                    .setRequestId(sent.requestId())
                    .addAllOrdinals(sent.ordinals())
                    .setCollection(collection)
                    .setWait(waitFor);
            sent.items().forEach(item -> add(request, item));
            return deleteOnce(collection, request, budget);
        });
    }

    private static void add(DeleteRequest.Builder request, KeyDelete delete) {
        request.addKeys(delete.key());
        if (delete.ifVersion() != 0) {
            request.addIfVersions(delete.ifVersion());
        }
    }

    private CompletableFuture<Outcome> deleteOnce(String collection, DeleteRequest.Builder request, Budget budget) {
        return sessions.call(collection, token -> {
            DeleteRequest sent = request.setSessionToken(token).build();
            return retries.run(
                    budget,
                    (address, timeout) -> Futures.map(
                            transport.unary(RecordServiceGrpc.getDeleteMethod(), sent, address, timeout),
                            response -> new Tokened<>(
                                    new Outcome(response.getResultsList(), response.getIndexed()),
                                    response.getSessionToken())));
        });
    }

    private static int utf8Length(String key) {
        return key.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Runs on a thread of the client, because the iterator and the listener may block. */
    public CompletableFuture<UpsertSummary> upsertAll(
            String collection, Iterator<VectorRecord> records, UpsertListener listener) {
        CompletableFuture<UpsertSummary> summary = new CompletableFuture<>();
        BulkUpsert upsert = new BulkUpsert(transport, sessions, collection, records, listener);
        Future<?> task;
        try {
            task = transport.bulkThreads().submit(() -> {
                try {
                    summary.complete(upsert.run());
                } catch (RuntimeException | Error e) {
                    summary.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            summary.completeExceptionally(new Unavailable("the client is closed: nothing was upserted", e));
            return summary;
        }
        Futures.onCancel(summary, () -> task.cancel(true));
        return summary;
    }

    public CompletableFuture<Map<String, StoredRecord>> get(
            String collection, Collection<String> keys, ReadOptions options) {
        int perRequest = options.withDocument() ? KEYS_PER_GET_WITH_DOCUMENT : KEYS_PER_GET;
        List<List<String>> parts =
                Batches.split(List.copyOf(keys), RecordCalls::utf8Length, perRequest, Batches.MAX_BYTES);
        return Futures.map(Futures.inOrder(parts, part -> getOnce(collection, part, options)), results -> {
            Map<String, StoredRecord> found = new LinkedHashMap<>();
            results.forEach(found::putAll);
            return found;
        });
    }

    private CompletableFuture<Map<String, StoredRecord>> getOnce(
            String collection, List<String> keys, ReadOptions options) {
        return sessions.read(collection, options.consistency(), (token, level) -> {
            GetRequest sent = GetRequest.newBuilder()
                    .setCollection(collection)
                    .addAllKeys(keys)
                    .setWithVector(options.withVector())
                    .setWithDocument(options.withDocument())
                    .setConsistency(level)
                    .setSessionToken(token)
                    .build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(RecordServiceGrpc.getGetMethod(), sent, address, timeout),
                    response -> new Tokened<>(found(keys, response), response.getSessionToken())));
        });
    }

    private static Map<String, StoredRecord> found(List<String> keys, GetResponse response) {
        Map<String, StoredRecord> found = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            RecordResult result = response.getResults(i);
            RecordStatus status = RecordMapper.status(result.getCode());
            if (status == RecordStatus.OK) {
                found.put(keys.get(i), RecordMapper.stored(response.getRecords(i)));
            } else if (status != RecordStatus.NOT_FOUND) {
                throw error(keys.get(i), status, result.getMessage());
            }
        }
        return found;
    }

    /** A read has no use for half an answer: the first key that could not be read fails it. */
    private static VoronodeException error(String key, RecordStatus status, String message) {
        String text = "key \"" + key + "\": " + message;
        return switch (status) {
            case INVALID_ARGUMENT -> new BadInput(text);
            case UNAVAILABLE -> new Unavailable(text);
            case RESOURCE_EXHAUSTED -> new Overload(text, Duration.ZERO);
            case OK, SUPERSEDED, NOT_FOUND, CONDITION_FAILED, INTERNAL -> new Bug(text, null);
        };
    }

    public CompletableFuture<Long> count(String collection, ReadOptions options) {
        return sessions.readAll(collection, options.consistency(), (token, level) -> {
            CountRequest sent = CountRequest.newBuilder()
                    .setCollection(collection)
                    .setConsistency(level)
                    .setSessionToken(token)
                    .build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(RecordServiceGrpc.getCountMethod(), sent, address, timeout),
                    response -> new Tokened<>(response.getCount(), response.getSessionToken())));
        });
    }

    /** The cursor is the server's bytes in Base64; empty for the first page. */
    public CompletableFuture<RecordPage> scroll(String collection, String cursor, int limit, ReadOptions options) {
        ScrollRequest.Builder request = ScrollRequest.newBuilder()
                .setCollection(collection)
                .setCursor(cursor(cursor))
                .setLimit(limit)
                .setWithVector(options.withVector())
                .setWithDocument(options.withDocument());
        return sessions.read(collection, options.consistency(), (token, level) -> {
            ScrollRequest sent =
                    request.setConsistency(level).setSessionToken(token).build();
            return retries.run((address, timeout) -> Futures.map(
                    transport.unary(RecordServiceGrpc.getScrollMethod(), sent, address, timeout),
                    response -> new Tokened<>(
                            new RecordPage(
                                    response.getRecordsList().stream()
                                            .map(RecordMapper::stored)
                                            .toList(),
                                    response.getNextCursor().isEmpty()
                                            ? null
                                            : Base64.getEncoder()
                                                    .encodeToString(response.getNextCursor()
                                                            .toByteArray())),
                            response.getSessionToken())));
        });
    }

    private static ByteString cursor(String cursor) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(cursor));
        } catch (IllegalArgumentException e) {
            throw new BadInput("cursor \"" + cursor + "\" is not one that a page returned");
        }
    }
}
