package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** When a collection whose builds failed may try again: after twice the time of the last failure, up to an hour. One thread. */
final class BackOff {
    private static final int MAX_DOUBLINGS = 10;
    private static final long MAX_DELAY_MS = Duration.ofHours(1).toMillis();

    private final long firstMs;
    private final Map<ByteString, Failures> failures = new HashMap<>();

    private record Failures(int count, long notBeforeMs) {}

    BackOff(Duration first) {
        firstMs = first.toMillis();
    }

    boolean mayTry(ByteString uuid, long nowMs) {
        Failures last = failures.get(uuid);
        return last == null || nowMs >= last.notBeforeMs();
    }

    void failed(ByteString uuid, long nowMs) {
        Failures last = failures.get(uuid);
        int count = last == null ? 1 : last.count() + 1;
        long delay = Math.min(MAX_DELAY_MS, firstMs << Math.min(MAX_DOUBLINGS, count - 1));
        failures.put(uuid, new Failures(count, nowMs + delay));
    }

    void succeeded(ByteString uuid) {
        failures.remove(uuid);
    }

    /** Forgets collections that are gone. */
    void retain(Collection<ByteString> uuids) {
        failures.keySet().retainAll(uuids);
    }
}
