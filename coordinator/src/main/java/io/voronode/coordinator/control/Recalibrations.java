package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Generations that are to be calibrated anew by queries of users, as coordinators have asked. Taken only while this coordinator leads and in
 * its epoch; of each collection one at a time, and one in each interval. Forgotten with the epoch: the next controller is asked again when
 * searches go on to find too little. Any thread.
 */
final class Recalibrations {
    /** Each has a few megabytes of queries. */
    private static final int MAX_WAITING = 8;

    private final Duration interval;
    private final LongSupplier nanos;
    private final Map<ByteString, RecalibrateRequest> waiting = new HashMap<>();
    private final Map<ByteString, Long> acceptedNanos = new HashMap<>();
    private long epoch;

    /**
     * None are asked for yet.
     *
     * @param interval between two of one collection
     * @param nanos a clock that only moves forward
     */
    Recalibrations(Duration interval, LongSupplier nanos) {
        this.interval = interval;
        this.nanos = nanos;
    }

    /** This coordinator leads. */
    synchronized void open(long currentEpoch) {
        epoch = currentEpoch;
    }

    /** It does no more. */
    synchronized void close() {
        epoch = 0;
        waiting.clear();
        acceptedNanos.clear();
    }

    synchronized boolean isOpen() {
        return epoch != 0;
    }

    /**
     * Takes a request, if it is time for one.
     *
     * @throws Conflict if this is not the controller of the request's epoch
     */
    synchronized boolean offer(RecalibrateRequest request) {
        if (!isOpen() || request.getEpoch() != epoch) {
            throw new Conflict(
                    Reason.STALE_EPOCH,
                    "this is not the controller of epoch " + request.getEpoch() + (isOpen() ? " but of " + epoch : ""));
        }
        ByteString uuid = request.getCollectionUuid();
        Long last = acceptedNanos.get(uuid);
        if (waiting.size() >= MAX_WAITING || (last != null && nanos.getAsLong() - last < interval.toNanos())) {
            return false;
        }
        acceptedNanos.put(uuid, nanos.getAsLong());
        waiting.put(uuid, request);
        return true;
    }

    /** What a collection waits for, if anything. */
    synchronized @Nullable RecalibrateRequest waiting(ByteString uuid) {
        return waiting.get(uuid);
    }

    synchronized void done(ByteString uuid) {
        waiting.remove(uuid);
    }

    /** As if it had not been asked: what it was about is over. */
    synchronized void forget(ByteString uuid) {
        waiting.remove(uuid);
        acceptedNanos.remove(uuid);
    }

    /** Forgets collections that are gone. */
    synchronized void retain(Collection<ByteString> uuids) {
        waiting.keySet().retainAll(uuids);
        acceptedNanos.keySet().retainAll(uuids);
    }
}
