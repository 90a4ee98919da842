package io.voronode.shardnode.feed;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import org.jspecify.annotations.Nullable;

/** Reads a row as one shard of one generation sees it. */
final class ShardRows {
    private ShardRows() {}

    /** Null when the row is not in the shard, or not at all. */
    static @Nullable ShardRow read(RowView view, ByteString uuid, int generation, int shard, String key) {
        byte[] row = RowKeys.row(uuid, key);
        StoredHead head = view.head(row);
        Stamp stamp = head == null ? null : stamp(head, generation, shard);
        return head == null || stamp == null ? null : row(view, row, head, stamp);
    }

    private static @Nullable Stamp stamp(StoredHead head, int generation, int shard) {
        for (Stamp stamp : head.getStampsList()) {
            if (stamp.getGeneration() == generation && stamp.getShard() == shard) {
                return stamp;
            }
        }
        return null;
    }

    private static ShardRow row(RowView view, byte[] row, StoredHead head, Stamp stamp) {
        StoredBody body = view.body(row);
        if (body == null) {
            throw new VoronodeException.Corruption("row \"" + RowKeys.keyOfRow(row) + "\" has lost its body", null);
        }
        return ShardRow.newBuilder()
                .setVersion(head.getVersion())
                .setCell(stamp.getCell())
                .setVector(body.getVector())
                .setPayloadBytes(body.getPayloadBytes())
                .setExpireTimeMs(head.getExpireTimeMs())
                .build();
    }
}
