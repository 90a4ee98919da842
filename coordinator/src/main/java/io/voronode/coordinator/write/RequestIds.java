package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException.BadInput;
import java.security.SecureRandom;

/** What partitions know repeated requests by: the client's id where it gives one, else one that nobody repeats. */
final class RequestIds {
    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestIds() {}

    /**
     * The id of a request.
     *
     * @param given by the client; may be empty
     * @throws BadInput if it has another length
     */
    static ByteString of(ByteString given) {
        if (given.isEmpty()) {
            byte[] id = new byte[BYTES];
            RANDOM.nextBytes(id);
            return ByteString.copyFrom(id);
        }
        if (given.size() != BYTES) {
            throw new BadInput("request_id of " + given.size() + " bytes, not " + BYTES);
        }
        return given;
    }
}
