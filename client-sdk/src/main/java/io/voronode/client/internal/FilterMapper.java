package io.voronode.client.internal;

import com.google.protobuf.Timestamp;
import io.voronode.client.Filter;
import io.voronode.client.FilterValue;
import io.voronode.proto.v1.EqualsFilter;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.proto.v1.RangeFilter;
import java.time.Instant;
import java.util.List;

/** Filters to their messages. Pure. */
final class FilterMapper {
    private FilterMapper() {}

    static io.voronode.proto.v1.Filter filter(Filter filter) {
        io.voronode.proto.v1.Filter.Builder message = io.voronode.proto.v1.Filter.newBuilder();
        if (filter instanceof Filter.AllOf all) {
            message.setAllOf(list(all.filters()));
        } else if (filter instanceof Filter.AnyOf any) {
            message.setAnyOf(list(any.filters()));
        } else if (filter instanceof Filter.NoneOf none) {
            message.setNoneOf(list(none.filters()));
        } else if (filter instanceof Filter.Equal equal) {
            message.setEquals(EqualsFilter.newBuilder().setField(equal.field()).setValue(value(equal.value())));
        } else if (filter instanceof Filter.In in) {
            message.setIsIn(oneOf(in));
        } else if (filter instanceof Filter.Range range) {
            message.setRange(range(range));
        } else if (filter instanceof Filter.Exists exists) {
            message.setExists(ExistsFilter.newBuilder().setField(exists.field()));
        } else if (filter instanceof Filter.Prefix prefix) {
            message.setPrefix(PrefixFilter.newBuilder().setField(prefix.field()).setPrefix(prefix.prefix()));
        }
        return message.build();
    }

    private static FilterList list(List<Filter> filters) {
        return FilterList.newBuilder()
                .addAllFilters(filters.stream().map(FilterMapper::filter).toList())
                .build();
    }

    private static InFilter oneOf(Filter.In in) {
        return InFilter.newBuilder()
                .setField(in.field())
                .addAllValues(in.values().stream().map(FilterMapper::value).toList())
                .build();
    }

    private static RangeFilter range(Filter.Range range) {
        RangeFilter.Builder message = RangeFilter.newBuilder().setField(range.field());
        Filter.Bound lower = range.lower();
        if (lower != null && lower.inclusive()) {
            message.setAtLeast(value(lower.value()));
        } else if (lower != null) {
            message.setAbove(value(lower.value()));
        }
        Filter.Bound upper = range.upper();
        if (upper != null && upper.inclusive()) {
            message.setAtMost(value(upper.value()));
        } else if (upper != null) {
            message.setBelow(value(upper.value()));
        }
        return message.build();
    }

    private static io.voronode.proto.v1.FilterValue value(FilterValue value) {
        io.voronode.proto.v1.FilterValue.Builder message = io.voronode.proto.v1.FilterValue.newBuilder();
        if (value instanceof FilterValue.OfString text) {
            message.setStringValue(text.value());
        } else if (value instanceof FilterValue.OfInteger integer) {
            message.setIntegerValue(integer.value());
        } else if (value instanceof FilterValue.OfDouble number) {
            message.setDoubleValue(number.value());
        } else if (value instanceof FilterValue.OfBoolean bool) {
            message.setBoolValue(bool.value());
        } else if (value instanceof FilterValue.OfTime time) {
            message.setTimestampValue(time(time.value()));
        }
        return message.build();
    }

    private static Timestamp time(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
