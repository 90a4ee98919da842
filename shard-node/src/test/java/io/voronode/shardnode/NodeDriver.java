package io.voronode.shardnode;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.DropCollectionOrder;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.RecallClusterRequest;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Says to one shard node what a controller and a coordinator would. */
final class NodeDriver implements AutoCloseable {
    static final int PARTITIONS = 2;
    private static final ByteString COLLECTION = ByteString.copyFromUtf8("0123456789abcdef");
    private static final long DEADLINE_SECONDS = 20;

    private final Channels channels = new Channels();
    private final ShardNodeConfig config;
    private final CollectionSpec spec;
    private final Random random;
    private long epoch;

    NodeDriver(ShardNodeConfig config, CellMap single, Random random, long firstEpoch) {
        this.config = config;
        this.random = random;
        this.epoch = firstEpoch;
        this.spec = CollectionSpec.newBuilder()
                .setUuid(COLLECTION)
                .setName("articles")
                .setDimension(single.dimension())
                .setMetric(single.metric().wireNumber())
                .setIndexKind(IndexKind.IVF_FLAT.wireNumber())
                .setTrainAt(1_000)
                .build();
    }

    private PartitionServiceGrpc.PartitionServiceBlockingStub partitions() {
        return PartitionServiceGrpc.newBlockingStub(channels.to(config.rpcAddress()))
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private NodeServiceGrpc.NodeServiceBlockingStub node() {
        return NodeServiceGrpc.newBlockingStub(channels.to(config.rpcAddress()))
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private ShardServiceGrpc.ShardServiceBlockingStub shards() {
        return ShardServiceGrpc.newBlockingStub(channels.to(config.rpcAddress()))
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    static ByteString digest(CellMap map) {
        return ByteString.copyFrom(HexFormat.of().parseHex(map.digest()));
    }

    // ---- as a controller

    DescribeNodeResponse describe() {
        return node().describeNode(DescribeNodeRequest.getDefaultInstance());
    }

    RecallClusterResponse recall() {
        return node().recallCluster(RecallClusterRequest.getDefaultInstance());
    }

    void dropCollection() {
        order(ControlCommand.newBuilder()
                .setDropCollection(DropCollectionOrder.newBuilder().setCollectionUuid(COLLECTION)));
    }

    /** All partitions here, and all shards of these maps; a map's place is its generation, null is not hosted. */
    void assign(List<@Nullable CellMap> generations) {
        PartitionPeer peer = PartitionPeer.newBuilder()
                .setNode(config.node())
                .setPeerId(describe().getPeerId())
                .setRaftAddress(config.raftHost() + ":" + config.raftPort())
                .build();
        AssignRequest.Builder request =
                AssignRequest.newBuilder().setEpoch(epoch++).setNode(config.node());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            PartitionTarget target = PartitionTarget.newBuilder()
                    .setPartition(partition)
                    .setGroupUuid(ByteString.copyFromUtf8("group-of-bytes-" + partition))
                    .addPeers(peer)
                    .setPreferredLeader(config.node())
                    .build();
            request.addPartitions(target).addAllPartitions(target);
        }
        for (int generation = 0; generation < generations.size(); generation++) {
            CellMap map = generations.get(generation);
            for (int shard = 0; map != null && shard < map.shardCount(); shard++) {
                request.addShards(ShardAssignment.newBuilder()
                        .setCollection(spec)
                        .setGeneration(generation)
                        .setShard(shard)
                        .setCellMapDigest(digest(map))
                        .setIndexKind(IndexKind.IVF_FLAT.wireNumber()));
            }
        }
        node().assign(request.build());
    }

    /** Orders every partition. */
    void order(ControlCommand.Builder command) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            order(partition, command);
        }
    }

    void order(int partition, ControlCommand.Builder command) {
        partitions()
                .control(ControlRequest.newBuilder()
                        .setPartition(partition)
                        .setCommand(command.setEpoch(1))
                        .build());
    }

    void createCollection(CellMap single) {
        order(ControlCommand.newBuilder()
                .setCreateCollection(
                        CreateCollectionOrder.newBuilder().setSpec(spec).setCellMapDigest(digest(single))));
    }

    static ByteString collection() {
        return COLLECTION;
    }

    // ---- as a coordinator

    /** Upserts with stamps of these generations (a map's place is its number; null is not live). */
    Position upsert(List<String> keys, List<float[]> vectors, List<@Nullable CellMap> generations) {
        RequestOperations.Builder operations = operations();
        for (int i = 0; i < keys.size(); i++) {
            operations.addOperations(WriteOperation.newBuilder()
                    .setOrdinal(i)
                    .setKey(keys.get(i))
                    .setUpsert(UpsertAction.newBuilder()
                            .setVector(VectorBytes.pack(vectors.get(i)))
                            .setPayload("{\"key\":\"" + keys.get(i) + "\"}"))
                    .addAllStamps(stamps(vectors.get(i), generations)));
        }
        return write(partitionOf(keys.getFirst()), operations);
    }

    Position delete(String key) {
        return write(
                partitionOf(key),
                operations()
                        .addOperations(
                                WriteOperation.newBuilder().setKey(key).setDelete(DeleteAction.getDefaultInstance())));
    }

    static int partitionOf(String key) {
        return Math.floorMod(key.hashCode(), PARTITIONS);
    }

    private static RequestOperations.Builder operations() {
        UUID id = UUID.randomUUID();
        return RequestOperations.newBuilder()
                .setRequestId(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .flip()))
                .setCollectionUuid(COLLECTION);
    }

    private static List<Stamp> stamps(float[] vector, List<@Nullable CellMap> generations) {
        List<Stamp> stamps = new ArrayList<>();
        for (int generation = 0; generation < generations.size(); generation++) {
            CellMap map = generations.get(generation);
            if (map != null) {
                int cell = map.nearestCell(vector);
                stamps.add(Stamp.newBuilder()
                        .setGeneration(generation)
                        .setShard(map.shardOf(cell))
                        .setCell(cell)
                        .build());
            }
        }
        return stamps;
    }

    private Position write(int partition, RequestOperations.Builder operations) {
        WriteResponse response = partitions()
                .write(WriteRequest.newBuilder()
                        .setPartition(partition)
                        .setOperations(operations)
                        .build());
        response.getResultsList().forEach(result -> {
            if (result.getCode() != WriteCode.WRITE_CODE_APPLIED) {
                throw new AssertionError(result.toString());
            }
        });
        return response.getPosition();
    }

    List<Integer> awaitVisible(int generation, CellMap map, List<Position> positions) {
        return shards().awaitVisible(AwaitVisibleRequest.newBuilder()
                        .setCollectionUuid(COLLECTION)
                        .setGeneration(generation)
                        .addAllShards(
                                IntStream.range(0, map.shardCount()).boxed().toList())
                        .addAllPositions(positions)
                        .build())
                .getVisibleList();
    }

    /** All cells of all shards. */
    SearchResponse search(int generation, CellMap map, int k) {
        float[] query = new float[map.dimension()];
        for (int i = 0; i < query.length; i++) {
            query[i] = random.nextFloat();
        }
        SearchRequest.Builder request = SearchRequest.newBuilder()
                .setCollectionUuid(COLLECTION)
                .setGeneration(generation)
                .addQueries(QueryVector.newBuilder()
                        .setVector(VectorBytes.pack(query))
                        .setK(k));
        for (int shard = 0; shard < map.shardCount(); shard++) {
            ShardProbe.Builder probe = ShardProbe.newBuilder().setShard(shard);
            for (int cell : map.cellsOf(shard)) {
                probe.addCells(cell).addCentroidDistances(0);
            }
            request.addProbes(probe);
        }
        return shards().search(request.build());
    }

    @Override
    public void close() {
        channels.close();
    }
}
