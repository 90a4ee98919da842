package io.voronode.coordinator.validate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.voronode.proto.v1.EqualsFilter;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.proto.v1.RangeFilter;
import io.voronode.proto.v1.SearchParams;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FilterRulesTest {
    private static final Filter GOOD = exists("a");
    private static final FilterValue ONE =
            FilterValue.newBuilder().setIntegerValue(1).build();
    private static final FilterValue NOON = FilterValue.newBuilder()
            .setTimestampValue(Timestamp.newBuilder().setSeconds(1_709_208_000))
            .build();

    static Stream<Arguments> badFilters() throws InvalidProtocolBufferException {
        return Stream.of(
                bad(Filter.getDefaultInstance(), "filter: has no condition that this server knows"),
                bad(ofALaterVersion(), "filter: has no condition that this server knows"),
                bad(allOf(), "filter.all_of: combines no filters"),
                bad(
                        allOf(GOOD, allOf(GOOD, Filter.getDefaultInstance())),
                        "filter.all_of[1].all_of[1]: has no condition"),
                bad(exists(""), "filter.exists: names no field"),
                bad(equalTo(FilterValue.getDefaultInstance()), "filter.equals.value: has no value"),
                bad(equalTo(real(Double.NaN)), "filter.equals.value: is NaN, not a finite number"),
                bad(in(0), "filter.is_in: 0 values are not within 1 to 4096"),
                bad(in(4_097), "filter.is_in: 4097 values are not within 1 to 4096"),
                bad(range(range -> range), "filter.range: has no bound"),
                bad(range(range -> range.setBelow(text("x"))), "filter.range.below: a bound is a number or a time"),
                bad(range(range -> range.setAbove(real(1.0 / 0))), "filter.range.above: is Infinity"),
                bad(
                        range(range -> range.setAtLeast(ONE).setAtMost(NOON)),
                        "filter.range: lies between a number and a time"),
                bad(
                        range(range -> range.setAtLeast(FilterValue.newBuilder()
                                .setTimestampValue(Timestamp.newBuilder().setNanos(-1)))),
                        "filter.range.at_least: is no valid timestamp"),
                bad(prefix("é".repeat(129)), "filter.prefix: prefix of 258 bytes exceeds the limit of 256 bytes"),
                bad(nested(33), "[0]: nested deeper than 32 levels"),
                bad(
                        allOf(Collections.nCopies(257, GOOD).toArray(Filter[]::new)),
                        "filter.all_of[256].exists: more than 256 conditions in a filter"),
                bad(
                        allOf(Collections.nCopies(256, allOf(GOOD)).toArray(Filter[]::new)),
                        "filter.all_of[255].all_of: more than 256 combinations in a filter"),
                bad(exists("x".repeat(1 << 20)), "encoded bytes exceed the limit of 1048576 bytes"));
    }

    private static Arguments bad(Filter filter, String message) {
        return Arguments.of(filter, message);
    }

    @ParameterizedTest
    @MethodSource("badFilters")
    void refusesAFilterWithThePlaceOfWhatIsWrong(Filter filter, String message) {
        assertThatThrownBy(() -> QueryRules.requireParams(params(filter)))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(message);
    }

    @Test
    void takesFiltersAtTheLimits() {
        for (Filter filter : new Filter[] {
            nested(32),
            in(4_096),
            allOf(Collections.nCopies(256, GOOD).toArray(Filter[]::new)),
            prefix("é".repeat(128)),
            prefix(""),
            equalTo(text("")),
            equalTo(real(-0.0)),
            range(range -> range.setAtLeast(ONE).setBelow(real(0.5))),
            range(range -> range.setAbove(NOON))
        }) {
            assertThatCode(() -> QueryRules.requireParams(params(filter))).doesNotThrowAnyException();
        }
    }

    private static SearchParams params(Filter filter) {
        return SearchParams.newBuilder().setK(1).setFilter(filter).build();
    }

    private static Filter exists(String field) {
        return Filter.newBuilder()
                .setExists(ExistsFilter.newBuilder().setField(field))
                .build();
    }

    private static Filter equalTo(FilterValue value) {
        return Filter.newBuilder()
                .setEquals(EqualsFilter.newBuilder().setField("a").setValue(value))
                .build();
    }

    private static Filter in(int values) {
        return Filter.newBuilder()
                .setIsIn(InFilter.newBuilder().setField("a").addAllValues(Collections.nCopies(values, ONE)))
                .build();
    }

    private static Filter range(UnaryOperator<RangeFilter.Builder> bounds) {
        return Filter.newBuilder()
                .setRange(bounds.apply(RangeFilter.newBuilder().setField("a")))
                .build();
    }

    private static Filter prefix(String prefix) {
        return Filter.newBuilder()
                .setPrefix(PrefixFilter.newBuilder().setField("a").setPrefix(prefix))
                .build();
    }

    private static FilterValue real(double value) {
        return FilterValue.newBuilder().setDoubleValue(value).build();
    }

    private static FilterValue text(String value) {
        return FilterValue.newBuilder().setStringValue(value).build();
    }

    private static Filter allOf(Filter... filters) {
        return Filter.newBuilder()
                .setAllOf(FilterList.newBuilder().addAllFilters(Arrays.asList(filters)))
                .build();
    }

    private static Filter nested(int levels) {
        Filter filter = GOOD;
        for (int level = 1; level < levels; level++) {
            filter = Filter.newBuilder()
                    .setNoneOf(FilterList.newBuilder().addFilters(filter))
                    .build();
        }
        return filter;
    }

    /** A condition of field number 100. */
    private static Filter ofALaterVersion() throws InvalidProtocolBufferException {
        return Filter.parseFrom(ByteString.copyFrom(new byte[] {(byte) 0xA2, 0x06, 0x00}));
    }
}
