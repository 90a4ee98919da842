package io.voronode.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * When a record stops being there, as if it were deleted at that moment. Times are exact to the millisecond; a server refuses those that are
 * not within the years 1970 to 9999.
 */
public sealed interface Expiry {

    /** From this time on. */
    record At(Instant time) implements Expiry {
        public At {
            Objects.requireNonNull(time, "time");
        }
    }

    /** So long after the server takes the record. */
    record After(Duration timeToLive) implements Expiry {
        public After {
            Objects.requireNonNull(timeToLive, "timeToLive");
        }
    }

    /** The record is gone from this time on; where that is past, at once. */
    static Expiry at(Instant time) {
        return new At(time);
    }

    /** The record lives for this long, more than nothing; the server's clock counts. */
    static Expiry after(Duration timeToLive) {
        return new After(timeToLive);
    }
}
