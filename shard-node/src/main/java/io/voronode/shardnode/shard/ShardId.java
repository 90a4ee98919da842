package io.voronode.shardnode.shard;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ShardAssignment;
import java.util.HexFormat;

/**
 * Names a shard.
 *
 * @param collection the collection's uuid in hexadecimal digits
 * @param generation the generation's number
 * @param shard the shard's number in the generation
 */
public record ShardId(String collection, int generation, int shard) {
    public ShardId(ByteString collectionUuid, int generation, int shard) {
        this(HexFormat.of().formatHex(collectionUuid.toByteArray()), generation, shard);
    }

    public static ShardId of(ShardAssignment assignment) {
        return new ShardId(assignment.getCollection().getUuid(), assignment.getGeneration(), assignment.getShard());
    }

    public ByteString collectionUuid() {
        return ByteString.copyFrom(HexFormat.of().parseHex(collection));
    }

    @Override
    public String toString() {
        return collection + "/" + generation + "/" + shard;
    }
}
