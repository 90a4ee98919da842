package io.voronode.shardnode.shard.filter;

import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.RangeFilter;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What filters mean, in the plainest way: a payload as maps, lists and values, walked for every condition. */
final class NaiveFilter {
    private NaiveFilter() {}

    static boolean accepts(Filter filter, Map<String, ?> payload) {
        return switch (filter.getConditionCase()) {
            case ALL_OF -> filter.getAllOf().getFiltersList().stream().allMatch(part -> accepts(part, payload));
            case ANY_OF -> filter.getAnyOf().getFiltersList().stream().anyMatch(part -> accepts(part, payload));
            case NONE_OF -> filter.getNoneOf().getFiltersList().stream().noneMatch(part -> accepts(part, payload));
            case EQUALS ->
                any(
                        payload,
                        filter.getEquals().getField(),
                        value -> equal(value, filter.getEquals().getValue()));
            case IS_IN ->
                any(
                        payload,
                        filter.getIsIn().getField(),
                        value -> filter.getIsIn().getValuesList().stream().anyMatch(wanted -> equal(value, wanted)));
            case RANGE -> any(payload, filter.getRange().getField(), value -> within(value, filter.getRange()));
            case EXISTS -> any(payload, filter.getExists().getField(), value -> true);
            case PREFIX ->
                any(
                        payload,
                        filter.getPrefix().getField(),
                        value -> value instanceof String text
                                && text.startsWith(filter.getPrefix().getPrefix()));
            case CONDITION_NOT_SET -> throw new AssertionError("no condition");
        };
    }

    private static boolean any(Map<String, ?> payload, String path, Predicate<Object> holds) {
        List<Object> values = new ArrayList<>();
        collect(payload, "", path, values);
        return values.stream().anyMatch(holds);
    }

    private static void collect(Map<String, ?> object, String prefix, String path, List<Object> values) {
        object.forEach((name, value) -> collect(value, prefix + name, path, values));
    }

    private static void collect(@Nullable Object value, String here, String path, List<Object> values) {
        if (value == null) {
            return;
        }
        if (here.equals(path)) {
            values.add(value);
        }
        if (value instanceof List<?> list) {
            list.forEach(element -> collect(element, here, path, values));
        } else if (value instanceof Map<?, ?> object) {
            object.forEach((name, child) -> collect(child, here + "." + name, path, values));
        }
    }

    private static boolean equal(Object value, FilterValue wanted) {
        return switch (wanted.getValueCase()) {
            case STRING_VALUE -> value.equals(wanted.getStringValue());
            case BOOL_VALUE -> value.equals(wanted.getBoolValue());
            case INTEGER_VALUE, DOUBLE_VALUE, TIMESTAMP_VALUE -> compares(value, wanted, order -> order == 0);
            case VALUE_NOT_SET -> throw new AssertionError("no value");
        };
    }

    private static boolean within(Object value, RangeFilter range) {
        boolean above = switch (range.getLowerCase()) {
            case AT_LEAST -> compares(value, range.getAtLeast(), order -> order >= 0);
            case ABOVE -> compares(value, range.getAbove(), order -> order > 0);
            case LOWER_NOT_SET -> true;
        };
        boolean below = switch (range.getUpperCase()) {
            case AT_MOST -> compares(value, range.getAtMost(), order -> order <= 0);
            case BELOW -> compares(value, range.getBelow(), order -> order < 0);
            case UPPER_NOT_SET -> true;
        };
        return above && below;
    }

    private static boolean compares(Object value, FilterValue bound, IntPredicate holds) {
        return switch (bound.getValueCase()) {
            case INTEGER_VALUE -> number(value, BigDecimal.valueOf(bound.getIntegerValue()), holds);
            case DOUBLE_VALUE -> number(value, new BigDecimal(bound.getDoubleValue()), holds);
            case TIMESTAMP_VALUE -> time(value, bound, holds);
            case STRING_VALUE, BOOL_VALUE, VALUE_NOT_SET -> throw new AssertionError("no order");
        };
    }

    private static boolean number(Object value, BigDecimal bound, IntPredicate holds) {
        BigDecimal exact = value instanceof Long integer
                ? BigDecimal.valueOf(integer)
                : value instanceof Double real ? new BigDecimal(real) : null;
        return exact != null && holds.test(exact.compareTo(bound));
    }

    private static boolean time(Object value, FilterValue bound, IntPredicate holds) {
        if (!(value instanceof String text) || !text.contains("T")) {
            return false;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return holds.test(time.compareTo(Instant.ofEpochSecond(
                    bound.getTimestampValue().getSeconds(),
                    bound.getTimestampValue().getNanos())));
        } catch (DateTimeException e) {
            return false;
        }
    }
}
