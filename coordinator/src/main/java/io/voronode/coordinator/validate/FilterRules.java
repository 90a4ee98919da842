package io.voronode.coordinator.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.proto.v1.RangeFilter;
import io.voronode.wire.VoronodeException.BadInput;

/**
 * What a filter may be. An error names the place as the path of fields to it, like {@code filter.all_of[2].range.below}. Used for one
 * filter.
 */
final class FilterRules {
    private int conditions;
    private int combinations;

    private FilterRules() {}

    /** Checks a filter. */
    static void require(Filter filter) {
        int bytes = filter.getSerializedSize();
        if (bytes > Limits.FILTER_BYTES) {
            throw new BadInput(
                    "filter: " + bytes + " encoded bytes exceed the limit of " + Limits.FILTER_BYTES + " bytes");
        }
        new FilterRules().filter("filter", filter, 1);
    }

    private void filter(String where, Filter filter, int level) {
        if (level > Limits.FILTER_LEVELS) {
            throw new BadInput(where + ": nested deeper than " + Limits.FILTER_LEVELS + " levels");
        }
        switch (filter.getConditionCase()) {
            case ALL_OF -> list(where + ".all_of", filter.getAllOf(), level);
            case ANY_OF -> list(where + ".any_of", filter.getAnyOf(), level);
            case NONE_OF -> list(where + ".none_of", filter.getNoneOf(), level);
            case EQUALS -> {
                condition(where + ".equals", filter.getEquals().getField());
                value(where + ".equals.value", filter.getEquals().getValue());
            }
            case IS_IN -> oneOf(where + ".is_in", filter.getIsIn());
            case RANGE -> range(where + ".range", filter.getRange());
            case EXISTS -> condition(where + ".exists", filter.getExists().getField());
            case PREFIX -> prefix(where + ".prefix", filter.getPrefix());
            case CONDITION_NOT_SET -> throw new BadInput(where + ": has no condition that this server knows");
        }
    }

    private void list(String where, FilterList list, int level) {
        combinations++;
        if (combinations > Limits.FILTER_CONDITIONS) {
            throw new BadInput(where + ": more than " + Limits.FILTER_CONDITIONS + " combinations in a filter");
        }
        if (list.getFiltersCount() == 0) {
            throw new BadInput(where + ": combines no filters");
        }
        for (int i = 0; i < list.getFiltersCount(); i++) {
            filter(where + "[" + i + "]", list.getFilters(i), level + 1);
        }
    }

    private void condition(String where, String field) {
        conditions++;
        if (conditions > Limits.FILTER_CONDITIONS) {
            throw new BadInput(where + ": more than " + Limits.FILTER_CONDITIONS + " conditions in a filter");
        }
        if (field.isEmpty()) {
            throw new BadInput(where + ": names no field");
        }
    }

    private static void value(String where, FilterValue value) {
        switch (value.getValueCase()) {
            case STRING_VALUE, BOOL_VALUE, INTEGER_VALUE -> {}
            case DOUBLE_VALUE -> {
                if (!Double.isFinite(value.getDoubleValue())) {
                    throw new BadInput(where + ": is " + value.getDoubleValue() + ", not a finite number");
                }
            }
            case TIMESTAMP_VALUE -> {
                if (!Timestamps.isValid(value.getTimestampValue())) {
                    throw new BadInput(where + ": is no valid timestamp of the years 1 to 9999");
                }
            }
            case VALUE_NOT_SET -> throw new BadInput(where + ": has no value of a type that this server knows");
        }
    }

    private void oneOf(String where, InFilter in) {
        condition(where, in.getField());
        int count = in.getValuesCount();
        if (count < 1 || count > Limits.FILTER_VALUES) {
            throw new BadInput(where + ": " + count + " values are not within 1 to " + Limits.FILTER_VALUES);
        }
        for (int i = 0; i < count; i++) {
            value(where + ".values[" + i + "]", in.getValues(i));
        }
    }

    private void range(String where, RangeFilter range) {
        condition(where, range.getField());
        FilterValue lower = lower(where, range);
        FilterValue upper = upper(where, range);
        boolean low = range.getLowerCase() != RangeFilter.LowerCase.LOWER_NOT_SET;
        boolean high = range.getUpperCase() != RangeFilter.UpperCase.UPPER_NOT_SET;
        if (!low && !high) {
            throw new BadInput(where + ": has no bound");
        }
        if (low && high && lower.hasTimestampValue() != upper.hasTimestampValue()) {
            throw new BadInput(where + ": lies between a number and a time");
        }
    }

    private static FilterValue lower(String where, RangeFilter range) {
        return switch (range.getLowerCase()) {
            case AT_LEAST -> bound(where + ".at_least", range.getAtLeast());
            case ABOVE -> bound(where + ".above", range.getAbove());
            case LOWER_NOT_SET -> FilterValue.getDefaultInstance();
        };
    }

    private static FilterValue upper(String where, RangeFilter range) {
        return switch (range.getUpperCase()) {
            case AT_MOST -> bound(where + ".at_most", range.getAtMost());
            case BELOW -> bound(where + ".below", range.getBelow());
            case UPPER_NOT_SET -> FilterValue.getDefaultInstance();
        };
    }

    private static FilterValue bound(String where, FilterValue value) {
        value(where, value);
        if (value.hasStringValue() || value.hasBoolValue()) {
            throw new BadInput(where + ": a bound is a number or a time");
        }
        return value;
    }

    private void prefix(String where, PrefixFilter filter) {
        condition(where, filter.getField());
        int bytes = ByteString.copyFromUtf8(filter.getPrefix()).size();
        if (bytes > Limits.FILTER_PREFIX_BYTES) {
            throw new BadInput(where + ": prefix of " + bytes + " bytes exceeds the limit of "
                    + Limits.FILTER_PREFIX_BYTES + " bytes");
        }
    }
}
