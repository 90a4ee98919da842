package io.voronode.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over a list of messages, so that lists which are the same need not be sent: the bytes of each message behind their number as
 * int32, big-endian. Two processes that encode a message differently send a list that they might have left out, and compare it. Used by
 * one thread.
 */
public final class ListDigest {
    private final MessageDigest digest = sha256();

    /** Of a whole list. */
    public static ByteString of(Iterable<? extends MessageLite> messages) {
        ListDigest digest = new ListDigest();
        messages.forEach(digest::add);
        return digest.value();
    }

    public void add(MessageLite message) {
        byte[] bytes = message.toByteArray();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    /** Of all that were added; nothing more may be added then. */
    public ByteString value() {
        return ByteString.copyFrom(digest.digest());
    }

    /** Every JDK has it. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
