package io.voronode.coordinator.image;

import com.google.protobuf.Message;
import io.voronode.wire.ClusterTree;

/**
 * One znode as read. Owned by the thread that mirrors the tree.
 *
 * @param data never written to
 * @param creation the transaction that made it: of two incarnations the larger is the newer
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; lives inside this package.
record Znode(String path, byte[] data, int version, long creation) {

    <B extends Message.Builder> B decode(B builder) {
        return ClusterTree.decode(path, data, builder);
    }
}
