package io.voronode.client;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which records a search may find, told by their payload. Immutable.
 *
 * <pre>{@code
 * Filter.eq("lang", "en").and(Filter.range("year").atLeast(1990).below(2000))
 * }</pre>
 *
 * <p>A condition names a field by its path, the names of nested objects joined by dots: {@code "author.name"}. Where the path meets an
 * array, every element counts: the condition holds when it holds for one of them. A condition on a field that a record lacks does not
 * hold, so its negation does. The server refuses filters of more than 32 levels or 256 conditions.
 */
public sealed interface Filter {

    /** The field has this string. */
    static Filter eq(String field, String value) {
        return eq(field, FilterValue.of(value));
    }

    /** The field has this number. */
    static Filter eq(String field, long value) {
        return eq(field, FilterValue.of(value));
    }

    /** The field has this number. */
    static Filter eq(String field, double value) {
        return eq(field, FilterValue.of(value));
    }

    /** The field is true, or is false. */
    static Filter eq(String field, boolean value) {
        return eq(field, FilterValue.of(value));
    }

    /** The field has this time. */
    static Filter eq(String field, Instant value) {
        return eq(field, FilterValue.of(value));
    }

    /** The field has this value. */
    static Filter eq(String field, FilterValue value) {
        return new Equal(field, value);
    }

    /** The field has one of these strings. */
    static Filter in(String field, String... values) {
        return in(field, Arrays.stream(values).map(FilterValue::of).toList());
    }

    /** The field has one of these numbers. */
    static Filter in(String field, long... values) {
        return in(field, Arrays.stream(values).mapToObj(FilterValue::of).toList());
    }

    /** The field has one of these values: 1 to 4 096, of any types. */
    static Filter in(String field, List<FilterValue> values) {
        return new In(field, values);
    }

    /** The field has a number or a time within bounds, which are still to be named; at least one is. */
    static Range range(String field) {
        return new Range(field, null, null);
    }

    /** The field is there, with a value other than null. */
    static Filter exists(String field) {
        return new Exists(field);
    }

    /** The field has a string that begins so; the prefix has at most 256 bytes of UTF-8. */
    static Filter prefix(String field, String prefix) {
        return new Prefix(field, prefix);
    }

    /** Holds where the other does not. */
    static Filter not(Filter filter) {
        return new NoneOf(List.of(filter));
    }

    /** Holds where both hold. */
    default Filter and(Filter other) {
        return new AllOf(Stream.of(this, other)
                .flatMap(filter -> filter instanceof AllOf all ? all.filters().stream() : Stream.of(filter))
                .toList());
    }

    /** Holds where one or both hold. */
    default Filter or(Filter other) {
        return new AnyOf(Stream.of(this, other)
                .flatMap(filter -> filter instanceof AnyOf any ? any.filters().stream() : Stream.of(filter))
                .toList());
    }

    /** See {@link Filter#and}. */
    record AllOf(List<Filter> filters) implements Filter {
        public AllOf {
            filters = List.copyOf(filters);
        }
    }

    /** See {@link Filter#or}. */
    record AnyOf(List<Filter> filters) implements Filter {
        public AnyOf {
            filters = List.copyOf(filters);
        }
    }

    /** See {@link Filter#not}. */
    record NoneOf(List<Filter> filters) implements Filter {
        public NoneOf {
            filters = List.copyOf(filters);
        }
    }

    /** See {@link Filter#eq(String, FilterValue)}. */
    record Equal(String field, FilterValue value) implements Filter {
        public Equal {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(value, "value");
        }
    }

    /** See {@link Filter#in(String, List)}. */
    record In(String field, List<FilterValue> values) implements Filter {
        public In {
            Objects.requireNonNull(field, "field");
            values = List.copyOf(values);
        }
    }

    /** See {@link Filter#exists}. */
    record Exists(String field) implements Filter {
        public Exists {
            Objects.requireNonNull(field, "field");
        }
    }

    /** See {@link Filter#prefix}. */
    record Prefix(String field, String prefix) implements Filter {
        public Prefix {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(prefix, "prefix");
        }
    }

    /**
     * One end of a range.
     *
     * @param value a number or a time
     * @param inclusive whether the value itself is within
     */
    record Bound(FilterValue value, boolean inclusive) {
        public Bound {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * A value between bounds, of which one may be missing. Of an array one element lies within both.
     *
     * @param lower null for none
     * @param upper null for none
     */
    record Range(
            String field, @Nullable Bound lower, @Nullable Bound upper) implements Filter {
        public Range {
            Objects.requireNonNull(field, "field");
        }

        public Range atLeast(long value) {
            return atLeast(FilterValue.of(value));
        }

        public Range atLeast(double value) {
            return atLeast(FilterValue.of(value));
        }

        public Range atLeast(Instant value) {
            return atLeast(FilterValue.of(value));
        }

        public Range atLeast(FilterValue value) {
            return new Range(field, new Bound(value, true), upper);
        }

        public Range above(long value) {
            return above(FilterValue.of(value));
        }

        public Range above(double value) {
            return above(FilterValue.of(value));
        }

        public Range above(Instant value) {
            return above(FilterValue.of(value));
        }

        public Range above(FilterValue value) {
            return new Range(field, new Bound(value, false), upper);
        }

        public Range atMost(long value) {
            return atMost(FilterValue.of(value));
        }

        public Range atMost(double value) {
            return atMost(FilterValue.of(value));
        }

        public Range atMost(Instant value) {
            return atMost(FilterValue.of(value));
        }

        public Range atMost(FilterValue value) {
            return new Range(field, lower, new Bound(value, true));
        }

        public Range below(long value) {
            return below(FilterValue.of(value));
        }

        public Range below(double value) {
            return below(FilterValue.of(value));
        }

        public Range below(Instant value) {
            return below(FilterValue.of(value));
        }

        public Range below(FilterValue value) {
            return new Range(field, lower, new Bound(value, false));
        }
    }
}
