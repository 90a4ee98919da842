package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.wire.VoronodeException;
import java.util.HashSet;
import java.util.Set;

/** What is refused before it can reach a log. Pure. */
final class WriteChecks {
    private static final int MAX_KEY_BYTES = 512;
    private static final int MAX_CHUNK_BYTES = 512 << 10;

    private WriteChecks() {}

    /**
     * A request must be one that apply can answer operation by operation.
     *
     * @throws VoronodeException.BadInput if it is not
     */
    static void require(RequestOperations request) {
        requireBytes("request id", request.getRequestId(), RowKeys.REQUEST_ID_BYTES);
        requireBytes("collection uuid", request.getCollectionUuid(), RowKeys.UUID_BYTES);
        Set<ByteString> keys = new HashSet<>();
        Set<Integer> ordinals = new HashSet<>();
        for (WriteOperation operation : request.getOperationsList()) {
            ByteString key = operation.getKeyBytes();
            if (key.isEmpty() || key.size() > MAX_KEY_BYTES) {
                throw new VoronodeException.BadInput("key of " + key.size() + " bytes is not in 1.." + MAX_KEY_BYTES);
            }
            if (!keys.add(key)) {
                throw new VoronodeException.BadInput("key \"" + operation.getKey() + "\" twice in one request");
            }
            if (!ordinals.add(operation.getOrdinal())) {
                throw new VoronodeException.BadInput("ordinal " + operation.getOrdinal() + " twice in one request");
            }
        }
    }

    /**
     * A command must fit into an entry.
     *
     * @throws VoronodeException.BadInput if it does not
     */
    static void require(ControlCommand command) {
        int chunk = command.getPutBlob().getContent().size();
        if (chunk > MAX_CHUNK_BYTES) {
            throw new VoronodeException.BadInput("blob chunk of " + chunk + " bytes > " + MAX_CHUNK_BYTES);
        }
        if (command.getSerializedSize() > EntryPacker.MAX_ENTRY_BYTES) {
            throw new VoronodeException.BadInput(
                    "control command of " + command.getSerializedSize() + " bytes > " + EntryPacker.MAX_ENTRY_BYTES);
        }
    }

    private static void requireBytes(String what, ByteString bytes, int wanted) {
        if (bytes.size() != wanted) {
            throw new VoronodeException.BadInput(what + " of " + bytes.size() + " bytes, not " + wanted);
        }
    }
}
