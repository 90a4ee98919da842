package io.voronode.coordinator.validate;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.voronode.proto.v1.Record;
import io.voronode.wire.VoronodeException.BadInput;
import java.time.Instant;

/** When a record may expire. Pure. */
public final class ExpiryRules {
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");
    private static final int MAX_NANOS = 999_999_999;
    private static final long NANOS_PER_MS = 1_000_000;

    private ExpiryRules() {}

    /**
     * Checks the expiry of a record and tells it, in milliseconds since the epoch; 0 for none. A time that is past is as good as
     * any: whoever repeats a write must not be refused because it takes long.
     *
     * @param index the record's place in the request, for the message
     * @param nowMs when the record was taken
     * @throws BadInput naming the index, the value and the limit
     */
    public static long expireTimeMs(int index, Record record, long nowMs) {
        return switch (record.getExpiryCase()) {
            case EXPIRE_TIME -> requireTime("record " + index + ": expire_time", record.getExpireTime());
            case TTL -> requireTtl("record " + index + ": ttl", record.getTtl(), nowMs);
            case EXPIRY_NOT_SET -> 0;
        };
    }

    private static long requireTime(String where, Timestamp time) {
        long seconds = time.getSeconds();
        int nanos = time.getNanos();
        if (nanos < 0 || nanos > MAX_NANOS) {
            throw new BadInput(where + ": nanos = " + nanos + " is not within 0 to " + MAX_NANOS);
        }
        if (seconds >= END.getEpochSecond()) {
            throw new BadInput(where + " of " + seconds + " s since 1970 is not before the year 10000 ("
                    + END.getEpochSecond() + " s)");
        }
        long ms = seconds < 0 ? 0 : millis(seconds, nanos);
        if (ms == 0) {
            throw new BadInput(where + " of " + seconds + " s since 1970 is not above 0");
        }
        return ms;
    }

    /** Ends no earlier than it says: a part of a millisecond counts as one. */
    private static long requireTtl(String where, Duration ttl, long nowMs) {
        long seconds = ttl.getSeconds();
        int nanos = ttl.getNanos();
        boolean positive = seconds >= 0 && nanos >= 0 && (seconds > 0 || nanos > 0);
        if (!positive || nanos > MAX_NANOS) {
            throw new BadInput(where + " of " + seconds + " s and " + nanos + " ns is not above 0");
        }
        long mostMs = END.toEpochMilli() - 1 - nowMs;
        if (seconds > mostMs / 1_000 || millis(seconds, nanos + NANOS_PER_MS - 1) > mostMs) {
            throw new BadInput(where + " of " + seconds + " s goes beyond the year 9999");
        }
        return nowMs + millis(seconds, nanos + NANOS_PER_MS - 1);
    }

    private static long millis(long seconds, long nanos) {
        return seconds * 1_000 + nanos / NANOS_PER_MS;
    }
}
