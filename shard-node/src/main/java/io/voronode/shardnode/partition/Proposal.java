package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.shardnode.partition.apply.Outcome;
import java.util.Objects;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * An entry on its way through the log of this leader. Ratis carries the object itself to apply, so that the entry is not parsed again and
 * the outcome needs no encoding; Ratis' retry cache then keeps no answers.
 */
final class Proposal implements Message {
    private final PartitionEntry entry;
    private final org.apache.ratis.thirdparty.com.google.protobuf.ByteString content;
    private volatile @Nullable Outcome outcome;
    private volatile long index;

    Proposal(PartitionEntry entry) {
        this.entry = entry;
        this.content = UnsafeByteOperations.unsafeWrap(entry.toByteArray());
    }

    PartitionEntry entry() {
        return entry;
    }

    /** Called by the apply thread before Ratis completes the request. */
    void applied(long atIndex, Outcome result) {
        index = atIndex;
        outcome = result;
    }

    long index() {
        return index;
    }

    Outcome outcome() {
        return Objects.requireNonNull(outcome, "Ratis completed a request that was not applied here");
    }

    @Override
    public org.apache.ratis.thirdparty.com.google.protobuf.ByteString getContent() {
        return content;
    }

    static ByteString bytes(org.apache.ratis.thirdparty.com.google.protobuf.ByteString content) {
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(content.asReadOnlyByteBuffer());
    }
}
