package io.voronode.shardnode.shard;

import com.google.protobuf.CodedOutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The room that one answer has for payloads, whichever of its probes takes it. Any thread may take. */
public final class PayloadRoom {
    private final boolean wanted;
    private final AtomicLong left;

    private PayloadRoom(boolean wanted, long bytes) {
        this.wanted = wanted;
        this.left = new AtomicLong(bytes);
    }

    /** For an answer without payloads. */
    public static PayloadRoom none() {
        return new PayloadRoom(false, 0);
    }

    /** For so many bytes of UTF-8. */
    public static PayloadRoom of(long bytes) {
        return new PayloadRoom(true, bytes);
    }

    /** Whether the answer has payloads at all. */
    public boolean wanted() {
        return wanted;
    }

    boolean isFull() {
        return left.get() <= 0;
    }

    /** Whether it fits; else nothing more does. */
    boolean take(String payload) {
        return left.addAndGet(-CodedOutputStream.computeStringSizeNoTag(payload)) >= 0;
    }
}
