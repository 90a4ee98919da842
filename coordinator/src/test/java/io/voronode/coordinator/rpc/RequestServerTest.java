package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.coordinator.write.WriteListener;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestServerTest {
    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(1, 2, Metric.EUCLIDEAN, 2);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void answersInvalidArgumentToBytesThatAreNoProtobuf() {
        for (byte[] bytes : List.of(
                new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff},
                new byte[] {0x0a, 0x02, (byte) 0xc3, 0x28},
                new byte[] {0x0a, 0x7f, 'a'})) {
            assertThatThrownBy(() -> callWith(bytes))
                    .hasMessageContaining("the request is not well-formed")
                    .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
        }
        assertThat(coordinator.records().count(count()).getCount()).isZero();
    }

    private byte[] callWith(byte[] bytes) {
        MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(RecordServiceGrpc.getUpsertMethod().getFullMethodName())
                .setRequestMarshaller(new Raw())
                .setResponseMarshaller(new Raw())
                .build();
        return ClientCalls.blockingUnaryCall(
                coordinator.channel(), raw, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS), bytes);
    }

    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Test
    void refusesMessagesAboveTheLimit() {
        UpsertRequest request = UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addRecords(Record.newBuilder()
                        .setKey("a")
                        .setDocument(Document.newBuilder().setContent(ByteString.copyFrom(new byte[17 << 20]))))
                .build();
        assertThatThrownBy(() -> coordinator.records().upsert(request))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    @Test
    void tellsItsHealthAndItsServices() throws Exception {
        assertThat(HealthGrpc.newBlockingStub(coordinator.channel())
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> reflection =
                ServerReflectionGrpc.newStub(coordinator.channel()).serverReflectionInfo(into(answers));
        reflection.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse answer = answers.poll(5, TimeUnit.SECONDS);
        reflection.onCompleted();
        assertThat(answer).isNotNull();
        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains("voronode.v1.RecordService", "voronode.v1.SearchService", "grpc.health.v1.Health");
    }

    private static <T> StreamObserver<T> into(BlockingQueue<T> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                answers.add(value);
            }

            @Override
            public void onError(Throwable error) {
                // The test sees that no answer came.
            }

            @Override
            public void onCompleted() {
                // Nothing follows.
            }
        };
    }

    @Test
    void saysThatAPortIsInUse() {
        try (Channels channels = new Channels();
                Compute compute = new Compute()) {
            RequestServer.Paths paths = TestCoordinator.paths(
                    cluster, folder, coordinator.images, channels, compute, Map.of(), WriteListener.NONE);
            assertThatThrownBy(
                            () -> new RequestServer("127.0.0.1", coordinator.port(), paths, CallListener.NONE).close())
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("port " + coordinator.port() + " is in use");
        }
    }

    @Test
    void refusesBadSearches() {
        SearchRequest valid = SearchRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setQuery(Query.newBuilder()
                        .setVector(Vector.newBuilder().addValues(1).addValues(2)))
                .setParams(SearchParams.newBuilder().setK(1))
                .build();
        assertThat(coordinator.search().search(valid).getResult().getHitsCount())
                .isZero();
        assertThatThrownBy(() -> coordinator
                        .search()
                        .search(valid.toBuilder()
                                .setParams(SearchParams.newBuilder().setK(0))
                                .build()))
                .hasMessageContaining("k = 0 is not within 1 to 10000")
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
        assertThatThrownBy(() -> coordinator
                        .search()
                        .search(valid.toBuilder().setCollection("none").build()))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void theIdOfACallReachesAllNodesThatWorkOnItAndComesBackWithItsError() {
        Metadata.Key<String> key = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
        Metadata headers = new Metadata();
        headers.put(key, "job-7");
        var records = coordinator.records().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        cluster.node(0).requestIds.clear();

        records.upsert(UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllRecords(IntStream.range(0, 20)
                        .mapToObj(i -> Record.newBuilder()
                                .setKey("key-" + i)
                                .setVector(Vector.newBuilder().addValues(i).addValues(2))
                                .build())
                        .toList())
                .build());

        assertThat(cluster.node(0).requestIds)
                .as("of both partitions")
                .hasSizeGreaterThan(1)
                .containsOnly("job-7");
        assertThatThrownBy(() -> records.count(
                        CountRequest.newBuilder().setCollection("none").build()))
                .satisfies(e -> assertThat(Objects.requireNonNull(Status.trailersFromThrowable(e))
                                .get(key))
                        .isEqualTo("job-7"));
        assertThatThrownBy(() -> coordinator
                        .records()
                        .count(CountRequest.newBuilder().setCollection("none").build()))
                .satisfies(e -> assertThat(Objects.requireNonNull(Status.trailersFromThrowable(e))
                                .get(key))
                        .matches("[0-9a-f]{16}"));
    }

    private static CountRequest count() {
        return CountRequest.newBuilder().setCollection(FakeCluster.COLLECTION).build();
    }

    private static Status.Code status(Throwable error) {
        return error instanceof StatusRuntimeException e ? e.getStatus().getCode() : Status.Code.OK;
    }
}
