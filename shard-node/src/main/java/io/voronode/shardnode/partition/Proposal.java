package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.shardnode.partition.apply.Outcome;
import io.voronode.wire.VoronodeException;
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

    /**
     * Of a control command that was applied: throws unless it did what it says.
     *
     * @throws VoronodeException the controller's to judge: STALE_EPOCH, UNKNOWN_COLLECTION, or a command that can never be right
     */
    void requireDone() {
        switch (outcome()) {
            case Outcome.Done() -> {}
            case Outcome.StaleEpoch(long highest) ->
                throw new VoronodeException.Conflict(
                        VoronodeException.Reason.STALE_EPOCH,
                        "epoch " + entry.getControl().getEpoch() + " < " + highest);
            case Outcome.UnknownCollection() ->
                throw new VoronodeException.NotFound("UNKNOWN_COLLECTION: the partition does not have the collection");
            case Outcome.Refused(String message) -> throw new VoronodeException.BadInput(message);
            case Outcome.Written _, Outcome.Expired _ ->
                throw new VoronodeException.Bug("a control command became " + outcome(), null);
        }
    }

    @Override
    public org.apache.ratis.thirdparty.com.google.protobuf.ByteString getContent() {
        return content;
    }

    static ByteString bytes(org.apache.ratis.thirdparty.com.google.protobuf.ByteString content) {
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(content.asReadOnlyByteBuffer());
    }
}
