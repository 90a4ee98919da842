package io.voronode.coordinator.write;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.validate.Limits;
import io.voronode.wire.VoronodeException.BadInput;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;

/**
 * What partitions know the records of a message by: (request id, ordinal). Whatever brings the same pair again, another attempt, another
 * coordinator or another stream, names the same record with the same key, so it meets the same partition, which applies it
 * once.
 *
 * @param requestId 16 bytes, the same in every repetition
 * @param ordinals the place of each record in the first message with this id, ascending; empty: 0, 1, 2, …
 */
public record WriteIdentity(ByteString requestId, List<Integer> ordinals) {
    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    public WriteIdentity {
        ordinals = List.copyOf(ordinals);
    }

    /**
     * Of a message by itself: the client's id where it gives one, else one that nobody repeats.
     *
     * @throws BadInput if the id has another length, or ordinals come without one
     */
    public static WriteIdentity of(ByteString requestId, List<Integer> ordinals) {
        if (requestId.isEmpty() && !ordinals.isEmpty()) {
            throw new BadInput("ordinals without a request_id: nothing can be a repetition of this write");
        }
        return new WriteIdentity(givenOrRandom("request_id", requestId), ordinals);
    }

    /** Of a batch of a stream: an id that follows from the stream's and the batch's number alone. */
    public static WriteIdentity ofBatch(ByteString streamId, long sequence, List<Integer> ordinals) {
        byte[] name = ByteBuffer.allocate(BYTES + Long.BYTES)
                .put(streamId.asReadOnlyByteBuffer())
                .putLong(sequence)
                .array();
        return new WriteIdentity(ByteString.copyFrom(sha256(name), 0, BYTES), ordinals);
    }

    /**
     * The id of a stream: the client's where it gives one, else one that no other stream goes on for.
     *
     * @throws BadInput if it has another length
     */
    public static ByteString streamId(ByteString given) {
        return givenOrRandom("stream_id", given);
    }

    private static ByteString givenOrRandom(String what, ByteString given) {
        if (given.isEmpty()) {
            byte[] id = new byte[BYTES];
            RANDOM.nextBytes(id);
            return ByteString.copyFrom(id);
        }
        if (given.size() != BYTES) {
            throw new BadInput(what + " of " + given.size() + " bytes, not " + BYTES);
        }
        return given;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /**
     * Checks the ordinals against the number of records.
     *
     * @throws BadInput naming the first that is wrong
     */
    void requireFor(int records) {
        if (!ordinals.isEmpty() && ordinals.size() != records) {
            throw new BadInput(ordinals.size() + " ordinals for " + records + " records");
        }
        for (int i = 0; i < ordinals.size(); i++) {
            // Above 2^31 it arrives as a negative number.
            if (Integer.compareUnsigned(ordinals.get(i), Limits.BATCH_RECORDS) >= 0) {
                throw new BadInput("ordinal " + Integer.toUnsignedString(ordinals.get(i)) + " is not below "
                        + Limits.BATCH_RECORDS);
            }
            if (i > 0 && ordinals.get(i) <= ordinals.get(i - 1)) {
                throw new BadInput(
                        "ordinal " + ordinals.get(i) + " after " + ordinals.get(i - 1) + ": ordinals must ascend");
            }
        }
    }

    /** Of the record at a place of this message. */
    int ordinal(int place) {
        return ordinals.isEmpty() ? place : ordinals.get(place);
    }
}
