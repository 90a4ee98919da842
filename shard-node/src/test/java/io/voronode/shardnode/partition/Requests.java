package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.UpdatePayloadAction;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.wire.VectorBytes;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Requests to a partition, as tests need them. */
public final class Requests {
    private Requests() {}

    public static CollectionSpec collection(String name, int dimension) {
        return CollectionSpec.newBuilder()
                .setUuid(TestNode.uuid(UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .setName(name)
                .setDimension(dimension)
                .setMetric(Metric.EUCLIDEAN.wireNumber())
                .build();
    }

    public static ByteString digest(CellMap map) {
        return ByteString.copyFrom(HexFormat.of().parseHex(map.digest()));
    }

    public static CellMap single(CollectionSpec spec) {
        return CellMap.single(Metric.ofWireNumber(spec.getMetric()), spec.getDimension());
    }

    public static ControlCommand createCollection(CollectionSpec spec, long epoch) {
        return ControlCommand.newBuilder()
                .setEpoch(epoch)
                .setCreateCollection(
                        CreateCollectionOrder.newBuilder().setSpec(spec).setCellMapDigest(digest(single(spec))))
                .build();
    }

    public static ControlRequest control(int partition, ControlCommand command) {
        return ControlRequest.newBuilder()
                .setPartition(partition)
                .setCommand(command)
                .build();
    }

    public static Stamp stamp(int generation, int shard, int cell) {
        return Stamp.newBuilder()
                .setGeneration(generation)
                .setShard(shard)
                .setCell(cell)
                .build();
    }

    public static WriteOperation upsert(int ordinal, String key, float[] vector, Stamp... stamps) {
        return upsert(ordinal, key, vector, "{}", stamps);
    }

    public static WriteOperation upsert(int ordinal, String key, float[] vector, String payload, Stamp... stamps) {
        return WriteOperation.newBuilder()
                .setOrdinal(ordinal)
                .setKey(key)
                .setUpsert(UpsertAction.newBuilder()
                        .setVector(VectorBytes.pack(vector))
                        .setPayload(payload))
                .addAllStamps(List.of(stamps))
                .build();
    }

    /** An upsert of a row that expires. */
    public static WriteOperation expiring(int ordinal, String key, float[] vector, long expireTimeMs, Stamp... stamps) {
        WriteOperation.Builder operation = upsert(ordinal, key, vector, stamps).toBuilder();
        operation.getUpsertBuilder().setExpireTimeMs(expireTimeMs);
        return operation.build();
    }

    public static WriteOperation delete(int ordinal, String key) {
        return WriteOperation.newBuilder()
                .setOrdinal(ordinal)
                .setKey(key)
                .setDelete(DeleteAction.getDefaultInstance())
                .build();
    }

    public static WriteOperation mergePayload(int ordinal, String key, String patch) {
        return updatePayload(
                ordinal, key, UpdatePayloadAction.newBuilder().setMerge(true).setPayload(patch));
    }

    public static WriteOperation replacePayload(int ordinal, String key, String payload) {
        return updatePayload(ordinal, key, UpdatePayloadAction.newBuilder().setPayload(payload));
    }

    private static WriteOperation updatePayload(int ordinal, String key, UpdatePayloadAction.Builder action) {
        return WriteOperation.newBuilder()
                .setOrdinal(ordinal)
                .setKey(key)
                .setUpdatePayload(action)
                .build();
    }

    public static RequestOperations operations(CollectionSpec spec, WriteOperation... operations) {
        return operations(spec, TestNode.uuid(UUID.randomUUID()), List.of(operations));
    }

    public static RequestOperations operations(
            CollectionSpec spec, ByteString requestId, List<WriteOperation> operations) {
        return RequestOperations.newBuilder()
                .setRequestId(requestId)
                .setCollectionUuid(spec.getUuid())
                .addAllOperations(operations)
                .build();
    }

    public static WriteRequest write(int partition, RequestOperations operations) {
        return WriteRequest.newBuilder()
                .setPartition(partition)
                .setOperations(operations)
                .build();
    }

    public static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
