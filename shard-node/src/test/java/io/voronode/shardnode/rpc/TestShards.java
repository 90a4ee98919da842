package io.voronode.shardnode.rpc;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.shardnode.metrics.ScanMeters;
import io.voronode.shardnode.shard.IndexBudget;
import io.voronode.shardnode.shard.ShardContext;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplicas;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The shard half of a node over hand-written partitions, with gRPC between them, and the calls of a coordinator. */
final class TestShards implements AutoCloseable {
    static final ByteString COLLECTION = ByteString.copyFromUtf8("sixteen bytes id");

    final List<FakePartition> partitions;
    final FakeFeed feed;
    /** Of the trained generation. */
    IndexKind indexKind = IndexKind.IVF_FLAT;

    /** Of the scans that somebody waits for. */
    final MeterRegistry meters = new SimpleMeterRegistry();

    private final Path folder;
    private final CollectionSpec spec;
    private final List<CellMap> maps;
    private final String name = UUID.randomUUID().toString();
    private final RpcServer feedServer;
    private final Channels coordinator = new Channels();
    private List<ShardAssignment> assigned = List.of();
    private Channels channels;
    private FeedClient feeds;
    private ShardReplicas replicas;
    private ShardRpc shardRpc;
    private RpcServer server;

    /** Generation 0 has one cell, generation 1 six cells in two shards. */
    TestShards(Path folder, Metric metric, int dimension, int partitionCount, long seed) {
        this.folder = folder;
        this.partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> new FakePartition(partition, COLLECTION))
                .toList();
        this.feed = new FakeFeed(partitions, seed);
        this.spec = CollectionSpec.newBuilder()
                .setUuid(COLLECTION)
                .setName("test")
                .setDimension(dimension)
                .setMetric(metric.wireNumber())
                .build();
        this.maps = List.of(CellMap.single(metric, dimension), trained(metric, dimension, seed));
        this.feedServer = RpcServer.start(Channels.IN_PROCESS + name + "-feed", List.of(feed), CallListener.NONE);
        this.channels = new Channels();
        this.feeds = feeds();
        this.replicas = replicas();
        this.shardRpc = new ShardRpc(replicas, 2, new ScanMeters(meters));
        this.server = RpcServer.start(address(), List.of(shardRpc), CallListener.NONE);
    }

    private static CellMap trained(Metric metric, int dimension, long seed) {
        Random random = new Random(seed);
        float[][] sample = new float[60][];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = vector(random, dimension);
        }
        return CellTrainer.train(sample, new CellTraining(metric, dimension, 6, 2, seed, 1), () -> false);
    }

    /** Coordinates in −1..1. */
    static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = 2 * random.nextFloat() - 1;
        }
        return vector;
    }

    private String address() {
        return Channels.IN_PROCESS + name;
    }

    private FeedClient feeds() {
        return new FeedClient("node", partition -> List.of(Channels.IN_PROCESS + name + "-feed"), channels);
    }

    private ShardReplicas replicas() {
        return new ShardReplicas(new ShardContext(
                folder, feeds, shard -> maps.get(shard.getGeneration()), new IndexBudget(16 << 20, 1)));
    }

    CellMap map(int generation) {
        return maps.get(generation);
    }

    ShardReplicas replicaSet() {
        return replicas;
    }

    Path indexFolder(ShardId id) {
        return folder.resolve("shards")
                .resolve(id.collection())
                .resolve(id.generation() + "")
                .resolve(id.shard() + "");
    }

    static ShardId id(int generation, int shard) {
        return new ShardId(COLLECTION, generation, shard);
    }

    /** A stamp that has nothing to do with where the vector is. */
    Stamp stamp(Random random, int generation) {
        int cell = random.nextInt(maps.get(generation).cellCount());
        return Stamp.newBuilder()
                .setGeneration(generation)
                .setShard(maps.get(generation).shardOf(cell))
                .setCell(cell)
                .build();
    }

    /** Writes a record of generation 1 that is stamped for this shard. */
    void upsertInto(int shard, int partition, String key, float[] vector) {
        partitions
                .get(partition)
                .upsert(
                        key,
                        vector,
                        "{}",
                        List.of(Stamp.newBuilder()
                                .setGeneration(1)
                                .setShard(shard)
                                .setCell(maps.get(1).cellsOf(shard)[0])
                                .build()));
    }

    /** Hosts all shards of these generations and no others. */
    void assign(int... generations) throws Exception {
        List<ShardAssignment> assignments = new ArrayList<>();
        for (int generation : generations) {
            for (int shard = 0; shard < maps.get(generation).shardCount(); shard++) {
                assignments.add(ShardAssignment.newBuilder()
                        .setCollection(spec)
                        .setGeneration(generation)
                        .setShard(shard)
                        .setCellMapDigest(ByteString.copyFrom(
                                HexFormat.of().parseHex(maps.get(generation).digest())))
                        .setIndexKind((generation == 0 ? IndexKind.FLAT : indexKind).wireNumber())
                        .build());
            }
        }
        assigned = assignments;
        assignAgain();
    }

    private void assignAgain() throws Exception {
        replicas.assign(assigned, IntStream.range(0, partitions.size()).boxed().toList());
    }

    void stop() {
        server.drain(Duration.ofSeconds(1));
        shardRpc.close();
        replicas.close();
        feeds.close();
        channels.close();
    }

    void start() throws Exception {
        channels = new Channels();
        feeds = feeds();
        replicas = replicas();
        shardRpc = new ShardRpc(replicas, 2, new ScanMeters(meters));
        server = RpcServer.start(address(), List.of(shardRpc), CallListener.NONE);
        assignAgain();
    }

    // ---- as a coordinator

    List<Position> heads() {
        return partitions.stream().map(FakePartition::position).toList();
    }

    private ShardServiceGrpc.ShardServiceBlockingStub stub(long deadlineMs) {
        return ShardServiceGrpc.newBlockingStub(coordinator.to(address()))
                .withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
    }

    /** All cells of all shards. */
    SearchResponse search(int generation, float[] query, int k, List<Position> atLeast, long deadlineMs) {
        return search(request(generation, query, k, atLeast), deadlineMs);
    }

    /** For all cells of all shards. */
    SearchRequest request(int generation, float[] query, int k, List<Position> atLeast) {
        CellMap map = maps.get(generation);
        float[] normalised = query.clone();
        if (map.metric() == Metric.COSINE) {
            Vectors.normalize(normalised);
        }
        SearchRequest.Builder request = SearchRequest.newBuilder()
                .setCollectionUuid(COLLECTION)
                .setGeneration(generation)
                .addQueries(QueryVector.newBuilder()
                        .setVector(VectorBytes.pack(normalised))
                        .setK(k))
                .addAllAtLeast(atLeast)
                .setWithPayload(true);
        for (int shard = 0; shard < map.shardCount(); shard++) {
            ShardProbe.Builder probe = ShardProbe.newBuilder().setShard(shard);
            for (int cell : map.cellsOf(shard)) {
                probe.addCells(cell).addCentroidDistances(0);
            }
            request.addProbes(probe);
        }
        return request.build();
    }

    SearchResponse search(SearchRequest request, long deadlineMs) {
        return stub(deadlineMs).search(request);
    }

    ListRecordsResponse list(ListRecordsRequest request) {
        return stub(10_000).listRecords(request);
    }

    List<Integer> awaitVisible(int generation, List<Position> positions, long deadlineMs) {
        return stub(deadlineMs)
                .awaitVisible(AwaitVisibleRequest.newBuilder()
                        .setCollectionUuid(COLLECTION)
                        .setGeneration(generation)
                        .addAllShards(IntStream.range(0, maps.get(generation).shardCount())
                                .boxed()
                                .toList())
                        .addAllPositions(positions)
                        .build())
                .getVisibleList();
    }

    @Override
    public void close() {
        stop();
        feedServer.drain(Duration.ZERO);
        coordinator.close();
    }
}
