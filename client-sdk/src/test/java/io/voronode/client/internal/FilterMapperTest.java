package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.voronode.client.Filter;
import io.voronode.client.FilterValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterMapperTest {
    @Test
    void mapsEveryCondition() {
        means(Filter.eq("lang", "en"), "equals { field: 'lang' value { string_value: 'en' } }");
        means(Filter.eq("n", 5), "equals { field: 'n' value { integer_value: 5 } }");
        means(Filter.eq("n", 0.5), "equals { field: 'n' value { double_value: 0.5 } }");
        means(Filter.eq("b", false), "equals { field: 'b' value { bool_value: false } }");
        means(
                Filter.eq("at", Instant.ofEpochSecond(7, 5)),
                "equals { field: 'at' value { timestamp_value { seconds: 7 nanos: 5 } } }");
        means(
                Filter.in("lang", "en", "de"),
                "is_in { field: 'lang' values { string_value: 'en' } values { string_value: 'de' } }");
        means(
                Filter.in("x", List.of(FilterValue.of(true), FilterValue.of(2))),
                "is_in { field: 'x' values { bool_value: true } values { integer_value: 2 } }");
        means(Filter.exists("a.b"), "exists { field: 'a.b' }");
        means(Filter.prefix("name", "Ma"), "prefix { field: 'name' prefix: 'Ma' }");
    }

    @Test
    void mapsEveryBound() {
        means(
                Filter.range("year").atLeast(1990).below(2000),
                "range { field: 'year' at_least { integer_value: 1990 } below { integer_value: 2000 } }");
        means(
                Filter.range("year").above(0.5).atMost(1.5),
                "range { field: 'year' above { double_value: 0.5 } at_most { double_value: 1.5 } }");
        means(Filter.range("at").above(Instant.EPOCH), "range { field: 'at' above { timestamp_value { } } }");
    }

    @Test
    void mapsCombinationsAndKeepsChainsFlat() {
        Filter a = Filter.exists("a");
        Filter b = Filter.exists("b");
        Filter c = Filter.exists("c");
        means(
                a.and(b).and(c),
                "all_of { filters { exists { field: 'a' } } filters { exists { field: 'b' } }"
                        + " filters { exists { field: 'c' } } }");
        means(
                a.or(b.or(c)),
                "any_of { filters { exists { field: 'a' } } filters { exists { field: 'b' } }"
                        + " filters { exists { field: 'c' } } }");
        means(Filter.not(a), "none_of { filters { exists { field: 'a' } } }");
    }

    private static void means(Filter filter, String message) {
        try {
            assertThat(FilterMapper.filter(filter))
                    .isEqualTo(TextFormat.parse(message, io.voronode.proto.v1.Filter.class));
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(message, e);
        }
    }
}
