package io.voronode.client;

import java.time.Instant;
import java.util.Objects;

/** What a field of a payload is compared with. A string never equals a number; integers and other numbers compare by value. */
public sealed interface FilterValue {

    static FilterValue of(String value) {
        return new OfString(value);
    }

    static FilterValue of(long value) {
        return new OfInteger(value);
    }

    static FilterValue of(double value) {
        return new OfDouble(value);
    }

    static FilterValue of(boolean value) {
        return new OfBoolean(value);
    }

    static FilterValue of(Instant value) {
        return new OfTime(value);
    }

    /** Equal to the same characters only. */
    record OfString(String value) implements FilterValue {
        public OfString {
            Objects.requireNonNull(value, "value");
        }
    }

    /** A number without a fraction. */
    record OfInteger(long value) implements FilterValue {}

    /** A finite number. */
    record OfDouble(double value) implements FilterValue {}

    /** True or false. */
    record OfBoolean(boolean value) implements FilterValue {}

    /** A point in time, compared with strings in the form of RFC 3339. */
    record OfTime(Instant value) implements FilterValue {
        public OfTime {
            Objects.requireNonNull(value, "value");
        }
    }
}
