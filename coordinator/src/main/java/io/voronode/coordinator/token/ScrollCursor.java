package io.voronode.coordinator.token;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.token.Sealed.Kind;
import io.voronode.wire.VoronodeException.BadInput;

/**
 * Where a scroll goes on: in this partition, behind this key (empty: at its first).
 */
public record ScrollCursor(int partition, String afterKey) {
    /** Before the first record. */
    public static final ScrollCursor START = new ScrollCursor(0, "");

    /**
     * Reads a cursor that a client sent; empty bytes are the start.
     *
     * @throws BadInput if it is damaged or of another collection
     */
    public static ScrollCursor decode(ByteString collectionUuid, ByteString cursor, int partitionCount) {
        if (cursor.isEmpty()) {
            return START;
        }
        ScrollCursor read = Sealed.open(
                Kind.SCROLL_CURSOR,
                collectionUuid,
                cursor,
                in -> new ScrollCursor(in.readUInt32(), in.readStringRequireUtf8()));
        if (read.partition < 0 || read.partition >= partitionCount) {
            throw new BadInput("cursor names partition " + read.partition + " of " + partitionCount);
        }
        return read;
    }

    /** What the client carries. */
    public ByteString encode(ByteString collectionUuid) {
        return Sealed.seal(Kind.SCROLL_CURSOR, collectionUuid, out -> {
            out.writeUInt32NoTag(partition);
            out.writeStringNoTag(afterKey);
        });
    }
}
