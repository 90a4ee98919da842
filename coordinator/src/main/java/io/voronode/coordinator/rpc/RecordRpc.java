package io.voronode.coordinator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.rows.Projection;
import io.voronode.coordinator.rows.RecordReader;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.coordinator.write.PreparedWrite;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteAnswer;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.CountResponse;
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
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Wait;
import io.voronode.wire.VoronodeException.BadInput;

/** RecordService: hands requests to the write path and the row reads. */
final class RecordRpc extends RecordServiceGrpc.RecordServiceImplBase {
    private static final RecordResult FOUND =
            RecordResult.newBuilder().setCode(RecordCode.RECORD_CODE_OK).build();

    private final Handlers handlers;
    private final Images images;
    private final RecordWriter writer;
    private final RecordReader reader;

    RecordRpc(Handlers handlers, Images images, RecordWriter writer, RecordReader reader) {
        this.handlers = handlers;
        this.images = images;
        this.writer = writer;
        this.reader = reader;
    }

    @Override
    public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> observer) {
        handlers.unary(observer, Handlers.WRITE_TIME_MS, () -> {
            boolean indexed = waitIndexed(request.getWait(), request.getRecordsCount());
            CollectionImage collection = images.collection(request.getCollection());
            SessionToken token = token(collection, request.getSessionToken());
            PreparedWrite write = writer.prepareUpserts(collection, request.getRecordsList(), request.getRequestId());
            WriteAnswer answer = writer.send(write, indexed, token);
            return UpsertResponse.newBuilder()
                    .addAllResults(answer.results())
                    .setSessionToken(answer.token().encode())
                    .setIndexed(answer.indexed())
                    .build();
        });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        handlers.unary(observer, Handlers.WRITE_TIME_MS, () -> {
            boolean indexed = waitIndexed(request.getWait(), request.getKeysCount());
            CollectionImage collection = images.collection(request.getCollection());
            SessionToken token = token(collection, request.getSessionToken());
            PreparedWrite write = writer.prepareDeletes(collection, request.getKeysList(), request.getRequestId());
            WriteAnswer answer = writer.send(write, indexed, token);
            return DeleteResponse.newBuilder()
                    .addAllResults(answer.results())
                    .setSessionToken(answer.token().encode())
                    .setIndexed(answer.indexed())
                    .build();
        });
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
            GetResponse.Builder response =
                    GetResponse.newBuilder().setSessionToken(found.token().encode());
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
            return CountResponse.newBuilder()
                    .setCount(reader.count(collection, request.getConsistency(), token))
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
                    .build();
        });
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
