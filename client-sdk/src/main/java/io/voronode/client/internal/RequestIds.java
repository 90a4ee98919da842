package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Ids of writes and of streams of them: what the server must apply once, however often it is sent. */
final class RequestIds {
    private RequestIds() {}

    /** 16 random bytes. */
    static ByteString next() {
        UUID uuid = UUID.randomUUID();
        return ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip());
    }
}
