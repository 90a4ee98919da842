package io.voronode.coordinator.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.delete.FilterDeletes;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.rows.Projection;
import io.voronode.coordinator.rows.RecordReader;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteAnswer;
import io.voronode.coordinator.write.WriteIdentity;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.CountResponse;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.DeleteByFilterResponse;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.DeleteResponse;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.ScrollRequest;
import io.voronode.proto.v1.ScrollResponse;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.proto.v1.UpdatePayloadRequest;
import io.voronode.proto.v1.UpdatePayloadResponse;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Wait;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** RecordService: hands requests to the write path and the row reads. */
final class RecordRpc extends RecordServiceGrpc.RecordServiceImplBase {
    private static final RecordResult FOUND =
            RecordResult.newBuilder().setCode(RecordCode.RECORD_CODE_OK).build();

    private final Handlers handlers;
    private final Images images;
    private final RecordWriter writer;
    private final RecordReader reader;
    private final FilterDeletes filterDeletes;

    RecordRpc(Handlers handlers, Images images, RecordWriter writer, RecordReader reader, FilterDeletes filterDeletes) {
        this.handlers = handlers;
        this.images = images;
        this.writer = writer;
        this.reader = reader;
        this.filterDeletes = filterDeletes;
    }

    /**
     * What has been written when a write's turn is over.
     *
     * @param awaitsIndex whether the caller wants searches to see it before it is answered
     */
    private record Written(WriteAnswer answer, boolean awaitsIndex) {}

    /** As {@link Written}. */
    private record DeletedByFilter(FilterDeletes.Deleted deleted, boolean awaitsIndex) {}

    @Override
    public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> observer) {
        write(
                observer,
                request.getCollection(),
                request.getSessionToken(),
                () -> waitIndexed(request.getWait(), request.getRecordsCount()),
                collection -> writer.prepareUpserts(
                        collection,
                        request.getRecordsList(),
                        WriteIdentity.of(request.getRequestId(), request.getOrdinalsList())),
                (answer, indexed) -> UpsertResponse.newBuilder()
                        .addAllResults(answer.results())
                        .setSessionToken(answer.token().encode())
                        .setIndexed(indexed)
                        .build());
    }

    /**
     * A write whose answer waits, where the caller wants that, until searches see it.
     *
     * @param waits whether it does; asked before anything is written
     * @param prepare what is to be written into the collection
     * @param message of what became of it, and whether searches see it
     */
    private <R extends MessageLite> void write(
            StreamObserver<R> observer,
            String collection,
            ByteString token,
            BooleanSupplier waits,
            Function<CollectionImage, PreparedWrite> prepare,
            BiFunction<WriteAnswer, Boolean, R> message) {
        handlers.unary(
                observer,
                Handlers.WRITE_TIME_MS,
                () -> {
                    boolean awaitsIndex = waits.getAsBoolean();
                    CollectionImage image = images.collection(collection);
                    SessionToken seen = token(image, token);
                    return new Written(writer.send(prepare.apply(image), seen), awaitsIndex);
                },
                written -> message.apply(written.answer(), isIndexed(written)),
                written -> {});
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        write(
                observer,
                request.getCollection(),
                request.getSessionToken(),
                () -> waitIndexed(request.getWait(), request.getKeysCount()),
                collection -> writer.prepareDeletes(
                        collection,
                        request.getKeysList(),
                        request.getIfVersionsList(),
                        WriteIdentity.of(request.getRequestId(), request.getOrdinalsList())),
                (answer, indexed) -> DeleteResponse.newBuilder()
                        .addAllResults(answer.results())
                        .setSessionToken(answer.token().encode())
                        .setIndexed(indexed)
                        .build());
    }

    @Override
    public void deleteByFilter(DeleteByFilterRequest request, StreamObserver<DeleteByFilterResponse> observer) {
        handlers.unary(
                observer,
                Handlers.WRITE_TIME_MS,
                () -> {
                    boolean indexed = waitIndexed(request.getWait(), 0);
                    CollectionImage collection = images.collection(request.getCollection());
                    SessionToken token = token(collection, request.getSessionToken());
                    return new DeletedByFilter(
                            request.getDryRun()
                                    ? filterDeletes.count(collection, request.getFilter(), token)
                                    : filterDeletes.delete(collection, request.getFilter(), request.getLimit(), token),
                            indexed);
                },
                done -> DeleteByFilterResponse.newBuilder()
                        .setMatched(done.deleted().matched())
                        .setDeleted(done.deleted().deleted())
                        .setChanged(done.deleted().changed())
                        .setMore(done.deleted().more())
                        .setSessionToken(done.deleted().token().encode())
                        .setIndexed(isIndexed(done))
                        .build(),
                done -> {});
    }

    @Override
    public void updatePayload(UpdatePayloadRequest request, StreamObserver<UpdatePayloadResponse> observer) {
        write(
                observer,
                request.getCollection(),
                request.getSessionToken(),
                () -> waitIndexed(request.getWait(), request.getUpdatesCount()),
                collection -> writer.preparePayloadUpdates(
                        collection,
                        request.getUpdatesList(),
                        WriteIdentity.of(request.getRequestId(), request.getOrdinalsList())),
                (answer, indexed) -> UpdatePayloadResponse.newBuilder()
                        .addAllResults(answer.results())
                        .setSessionToken(answer.token().encode())
                        .setIndexed(indexed)
                        .build());
    }

    @Override
    public StreamObserver<StreamingUpsertRequest> streamingUpsert(StreamObserver<StreamingUpsertResponse> observer) {
        return UpsertStream.open(
                (ServerCallStreamObserver<StreamingUpsertResponse>) observer, handlers, images, writer);
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        handlers.unary(observer, Handlers.READ_TIME_MS, () -> {
            CollectionImage collection = images.collection(request.getCollection());
            RecordReader.Found found = reader.get(
                    collection,
                    request.getKeysList(),
                    new Projection(request.getWithVector(), true, request.getWithDocument()),
                    request.getConsistency(),
                    token(collection, request.getSessionToken()));
            GetResponse.Builder response = GetResponse.newBuilder()
                    .setSessionToken(found.seen().token().encode())
                    .setLag(Lag.of(found.seen().lagMs()));
            for (int i = 0; i < request.getKeysCount(); i++) {
                Record record = found.records().get(i);
                response.addResults(
                        record == null
                                ? notFound(request.getKeys(i))
                                : FOUND.toBuilder()
                                        .setVersion(record.getVersion())
                                        .setExisted(true)
                                        .build());
                response.addRecords(record == null ? Record.getDefaultInstance() : record);
            }
            return response.build();
        });
    }

    private static RecordResult notFound(String key) {
        return RecordResult.newBuilder()
                .setCode(RecordCode.RECORD_CODE_NOT_FOUND)
                .setMessage("no live record has key \"" + key + "\"")
                .build();
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> observer) {
        handlers.unary(observer, Handlers.READ_TIME_MS, () -> {
            CollectionImage collection = images.collection(request.getCollection());
            SessionToken token = token(collection, request.getSessionToken());
            RecordReader.Counted counted = reader.count(collection, request.getConsistency(), token);
            return CountResponse.newBuilder()
                    .setCount(counted.records())
                    .setSessionToken(counted.seen().token().encode())
                    .setLag(Lag.of(counted.seen().lagMs()))
                    .build();
        });
    }

    @Override
    public void scroll(ScrollRequest request, StreamObserver<ScrollResponse> observer) {
        handlers.unary(observer, Handlers.READ_TIME_MS, () -> {
            CollectionImage collection = images.collection(request.getCollection());
            RecordReader.Page page = reader.scroll(
                    collection,
                    request.getCursor(),
                    request.getLimit(),
                    new Projection(request.getWithVector(), true, request.getWithDocument()),
                    request.getConsistency(),
                    token(collection, request.getSessionToken()));
            return ScrollResponse.newBuilder()
                    .addAllRecords(page.records())
                    .setNextCursor(page.nextCursor())
                    .setSessionToken(page.seen().token().encode())
                    .setLag(Lag.of(page.seen().lagMs()))
                    .build();
        });
    }

    private boolean isIndexed(Written written) {
        return written.awaitsIndex() && writer.awaitIndexed(written.answer().unindexed());
    }

    private boolean isIndexed(DeletedByFilter done) {
        return done.deleted()
                .unindexed()
                .filter(any -> done.awaitsIndex())
                .map(writer::awaitIndexed)
                .orElse(false);
    }

    private static SessionToken token(CollectionImage collection, ByteString token) {
        return SessionToken.decode(collection.spec().getUuid(), token);
    }

    private static boolean waitIndexed(Wait wait, int records) {
        return switch (wait) {
            case WAIT_UNSPECIFIED -> records == 1;
            case WAIT_DURABLE -> false;
            case WAIT_INDEXED -> true;
            case UNRECOGNIZED -> throw new BadInput("wait is none of UNSPECIFIED, DURABLE and INDEXED");
        };
    }
}
