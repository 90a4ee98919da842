package io.voronode.cli.client;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.CollectionServiceGrpc;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.CountResponse;
import io.voronode.proto.v1.Coverage;
import io.voronode.proto.v1.CreateCollectionRequest;
import io.voronode.proto.v1.CreateCollectionResponse;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Generation;
import io.voronode.proto.v1.GenerationState;
import io.voronode.proto.v1.GetCollectionRequest;
import io.voronode.proto.v1.GetCollectionResponse;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.ListCollectionsRequest;
import io.voronode.proto.v1.ListCollectionsResponse;
import io.voronode.proto.v1.Metric;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.proto.v1.WaveExplanation;
import io.voronode.proto.v1.WhyNotReason;
import io.voronode.proto.v1.WhyNotRequest;
import io.voronode.proto.v1.WhyNotResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.NotFound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A server with the one collection "articles", for the commands to talk to. Refuses records whose key is "refused". */
public final class FakeServer implements AutoCloseable {
    public final String address;
    public final Map<String, Record> records = new ConcurrentHashMap<>();
    public volatile CollectionConfig created = CollectionConfig.getDefaultInstance();
    public volatile SearchRequest searched = SearchRequest.getDefaultInstance();
    public volatile WhyNotRequest whyNot = WhyNotRequest.getDefaultInstance();

    public final FakeCluster cluster = new FakeCluster();

    private final Server server;

    public FakeServer() {
        String name = "cli-" + UUID.randomUUID();
        this.address = "in-process:" + name;
        try {
            this.server = InProcessServerBuilder.forName(name)
                    .addService(new Collections())
                    .addService(new Records())
                    .addService(new Searches())
                    .addService(new FakeUpkeep())
                    .addService(cluster)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static <T> void answer(StreamObserver<T> to, String collection, T value) {
        if (collection.equals("articles")) {
            to.onNext(value);
            to.onCompleted();
        } else {
            to.onError(Statuses.toGrpc(new NotFound("no collection \"" + collection + "\"")));
        }
    }

    private static Collection articles() {
        return Collection.newBuilder()
                .setUuid("5f0c")
                .setConfig(CollectionConfig.newBuilder()
                        .setName("articles")
                        .setDimension(3)
                        .setMetric(Metric.METRIC_COSINE)
                        .setTrainAt(10_000))
                .setRecordCount(12_345)
                .setServingGeneration(1)
                .addGenerations(Generation.newBuilder()
                        .setNumber(1)
                        .setState(GenerationState.GENERATION_STATE_SERVING)
                        .setCellCount(88)
                        .setShardCount(1))
                .build();
    }

    private final class Collections extends CollectionServiceGrpc.CollectionServiceImplBase {
        @Override
        public void listCollections(ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> to) {
            to.onNext(ListCollectionsResponse.getDefaultInstance());
            to.onCompleted();
        }

        @Override
        public void createCollection(CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> to) {
            created = request.getConfig();
            answer(
                    to,
                    "articles",
                    CreateCollectionResponse.newBuilder()
                            .setCollection(articles())
                            .build());
        }

        @Override
        public void getCollection(GetCollectionRequest request, StreamObserver<GetCollectionResponse> to) {
            answer(
                    to,
                    request.getName(),
                    GetCollectionResponse.newBuilder().setCollection(articles()).build());
        }
    }

    private final class Records extends RecordServiceGrpc.RecordServiceImplBase {
        @Override
        public void count(CountRequest request, StreamObserver<CountResponse> to) {
            answer(
                    to,
                    request.getCollection(),
                    CountResponse.newBuilder().setCount(records.size()).build());
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> to) {
            GetResponse.Builder response = GetResponse.newBuilder();
            for (String key : request.getKeysList()) {
                Record record = records.get(key);
                response.addRecords(record == null ? Record.getDefaultInstance() : record)
                        .addResults(RecordResult.newBuilder()
                                .setCode(
                                        record == null ? RecordCode.RECORD_CODE_NOT_FOUND : RecordCode.RECORD_CODE_OK));
            }
            answer(to, request.getCollection(), response.build());
        }

        @Override
        public StreamObserver<StreamingUpsertRequest> streamingUpsert(StreamObserver<StreamingUpsertResponse> to) {
            return new StreamObserver<>() {
                @Override
                public void onNext(StreamingUpsertRequest request) {
                    if (request.getRecordsList().stream()
                            .anyMatch(record -> record.getKey().equals("fatal"))) {
                        to.onError(Statuses.toGrpc(new BadInput("the disk is full")));
                        return;
                    }
                    StreamingUpsertResponse.Builder response =
                            StreamingUpsertResponse.newBuilder().setSequence(request.getSequence());
                    request.getRecordsList().forEach(record -> response.addResults(write(record)));
                    to.onNext(response.build());
                }

                @Override
                public void onError(Throwable failure) {
                    // The client has gone; nothing is owed to it.
                }

                @Override
                public void onCompleted() {
                    to.onCompleted();
                }
            };
        }
    }

    private RecordResult write(Record record) {
        if (record.getKey().equals("refused")) {
            return RecordResult.newBuilder()
                    .setCode(RecordCode.RECORD_CODE_INVALID_ARGUMENT)
                    .setMessage("record 7: dimension 2 != 3")
                    .build();
        }
        records.put(record.getKey(), record);
        return RecordResult.newBuilder().setCode(RecordCode.RECORD_CODE_OK).build();
    }

    private final class Searches extends SearchServiceGrpc.SearchServiceImplBase {
        @Override
        public void search(SearchRequest request, StreamObserver<SearchResponse> to) {
            searched = request;
            SearchResult.Builder result = SearchResult.newBuilder()
                    .addHits(hit("a1", 0.9123, "{\"year\":1984}", "the first"))
                    .addHits(hit("a2", 0.5, "{}", null))
                    .setCoverage(
                            Coverage.newBuilder().setShare(1).setCellsWanted(2).setCellsScanned(2));
            if (request.getParams().getExplain()) {
                result.setExplanation(Explanation.newBuilder()
                        .setGeneration(3)
                        .setCellsRanked(40)
                        .setCodesScanned(5_000)
                        .setCodesRefined(300)
                        .setVectorsScanned(60)
                        .addWaves(WaveExplanation.newBuilder()
                                .addCells(12)
                                .addShards(ShardExplanation.newBuilder()
                                        .setShard(1)
                                        .setNode("n1")
                                        .setCellsScanned(1)
                                        .setCodesScanned(5_000)
                                        .setCodesRefined(300)
                                        .setVectorsScanned(60)))
                        .setEstimatedRecall(0.9912));
            }
            answer(
                    to,
                    request.getCollection(),
                    SearchResponse.newBuilder().setResult(result).build());
        }

        @Override
        public void whyNot(WhyNotRequest request, StreamObserver<WhyNotResponse> to) {
            whyNot = request;
            answer(
                    to,
                    request.getCollection(),
                    WhyNotResponse.newBuilder()
                            .setReason(WhyNotReason.WHY_NOT_REASON_CELL_NOT_SCANNED)
                            .setDistance(0.25)
                            .setRank(3)
                            .setFarthestHitDistance(0.5)
                            .setCell(12)
                            .setCellRank(41)
                            .setExplanation(Explanation.newBuilder().setGeneration(3))
                            .build());
        }

        private Hit hit(String key, double score, String payload, @Nullable String document) {
            Hit.Builder hit = Hit.newBuilder()
                    .setKey(key)
                    .setScore(score)
                    .setDistance(1 - score)
                    .setVersion(7)
                    .setPayload(payload);
            if (document != null) {
                hit.setDocument(
                        Document.newBuilder().setMediaType("text/plain").setContent(ByteString.copyFromUtf8(document)));
            }
            return hit.build();
        }
    }
}
