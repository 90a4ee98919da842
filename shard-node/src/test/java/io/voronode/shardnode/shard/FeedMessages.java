package io.voronode.shardnode.shard;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RemovedRow;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.wire.VectorBytes;
import java.util.List;

/** What sources of partition 0 say, of rows with one coordinate. */
final class FeedMessages {
    private static final ByteString LINEAGE = ByteString.copyFromUtf8("lineage");

    private FeedMessages() {}

    static Position position(long index) {
        return Position.newBuilder().setLineage(LINEAGE).setIndex(index).build();
    }

    static ScanShardResponse batch(long index, String key, long version) {
        return ScanShardResponse.newBuilder()
                .setPosition(position(index))
                .addRows(ScannedRow.newBuilder().setKey(key).setRow(row(version)))
                .build();
    }

    static ShardChanges changes(long upto, RowChange... changes) {
        return ShardChanges.newBuilder()
                .setCode(FeedCode.FEED_CODE_OK)
                .setUptoIndex(upto)
                .addAllChanges(List.of(changes))
                .build();
    }

    static RowChange write(String key, long index) {
        return write(key, index, index);
    }

    /** A write of a row that a later one has changed when the source is read. */
    static RowChange write(String key, long index, long version) {
        return RowChange.newBuilder()
                .setKey(key)
                .setIndex(index)
                .setRow(row(version))
                .build();
    }

    static RowChange removal(String key, long index) {
        return RowChange.newBuilder()
                .setKey(key)
                .setIndex(index)
                .setRemoved(RemovedRow.getDefaultInstance())
                .build();
    }

    private static ShardRow row(long version) {
        return ShardRow.newBuilder()
                .setVersion(version)
                .setVector(VectorBytes.pack(new float[] {1}))
                .setPayload("{}")
                .build();
    }
}
