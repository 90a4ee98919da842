package io.voronode.cli.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.Filter;
import io.voronode.client.FilterValue;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FilterTextTest {
    static Stream<Arguments> filters() {
        Filter english = Filter.eq("lang", "en");
        return Stream.of(
                means("lang == \"en\"", english),
                means("'en' == lang", english),
                means("lang != \"en\"", Filter.not(english)),
                means("n == 5", Filter.eq("n", 5)),
                means("n == -5", Filter.eq("n", -5)),
                means("n == 5.0", Filter.eq("n", 5.0)),
                means("n == 1e3", Filter.eq("n", 1000.0)),
                means("author.living == true", Filter.eq("author.living", true)),
                means("n < 5", Filter.range("n").below(5)),
                means("n <= 5", Filter.range("n").atMost(5)),
                means("n > 5", Filter.range("n").above(5)),
                means("n >= 5", Filter.range("n").atLeast(5)),
                means("5 < n", Filter.range("n").above(5)),
                means("5 >= n", Filter.range("n").atMost(5)),
                means("lang in ['en', 'de']", Filter.in("lang", "en", "de")),
                means("n in [1, 2]", Filter.in("n", 1, 2)),
                means("x in [1, 'a']", Filter.in("x", List.of(FilterValue.of(1), FilterValue.of("a")))),
                means("'red' in tags", Filter.eq("tags", "red")),
                means("has(lang)", Filter.exists("lang")),
                means("!has(author.name)", Filter.not(Filter.exists("author.name"))),
                means("author.name.startsWith('Ma')", Filter.prefix("author.name", "Ma")),
                means(
                        "at >= timestamp('2024-02-29T13:00:00+01:00')",
                        Filter.range("at").atLeast(Instant.parse("2024-02-29T12:00:00Z"))),
                means("lang == 'en' && n > 1", english.and(Filter.range("n").above(1))),
                means("lang == 'en' || n > 1", english.or(Filter.range("n").above(1))),
                means(
                        "a == 1 && (b == 2 || c == 3) && !(d == 4)",
                        Filter.eq("a", 1)
                                .and(Filter.eq("b", 2).or(Filter.eq("c", 3)))
                                .and(Filter.not(Filter.eq("d", 4)))));
    }

    private static Arguments means(String text, Filter filter) {
        return Arguments.of(text, filter);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void readsWhatWasMeant(String text, Filter expected) {
        assertThat(FilterText.parse(text)).isEqualTo(expected);
    }

    @Test
    void twoBoundsOfOneFieldAreOneRange() {
        assertThat(FilterText.parse("year >= 1990 && lang == 'en' && year < 2000"))
                .isEqualTo(Filter.range("year").atLeast(1990).below(2000).and(Filter.eq("lang", "en")));
        assertThat(FilterText.parse("year >= 1990 && year > 1995"))
                .isEqualTo(Filter.range("year")
                        .atLeast(1990)
                        .and(Filter.range("year").above(1995)));
        assertThat(FilterText.parse("year >= 1990 && month < 5"))
                .isEqualTo(Filter.range("year")
                        .atLeast(1990)
                        .and(Filter.range("month").below(5)));
    }

    @Test
    void aLongChainStaysFlat() {
        String text =
                IntStream.range(0, 200).mapToObj(i -> "f" + i + " == " + i).collect(Collectors.joining(" && "));
        assertThat(FilterText.parse(text))
                .isInstanceOfSatisfying(
                        Filter.AllOf.class, all -> assertThat(all.filters()).hasSize(200));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("lang = 'en'", 6, "= is no operator; write == for equal"),
                mistake("lang == ", 9, "mismatched input '<EOF>'"),
                mistake("lang == 'en' && year", 17, "write year == true"),
                mistake("lang == null", 9, "write !has(field)"),
                mistake("lang > 'en'", 6, "only numbers and timestamps have an order"),
                mistake("a == b", 6, "not a value"),
                mistake("1 == 2", 3, "neither side of the comparison is a field"),
                mistake("a + 1 == 2", 7, "neither side of the comparison is a field"),
                mistake("size(a) == 2", 9, "neither side of the comparison is a field"),
                mistake("a.exists(x, x == 1)", 9, "exists is not supported in a filter"),
                mistake("a.matches('x')", 10, "function matches is not supported in a filter"),
                mistake("a ? b : c", 3, "?: is not supported in a filter"),
                mistake("at < timestamp('yesterday')", 16, "\"yesterday\" is no time in the form"),
                mistake("startsWith('a')", 11, "startsWith is asked of a field"),
                mistake("b'x' == a", 1, "values are strings, numbers"),
                mistake("'text'", 1, "not a condition"));
    }

    private static Arguments mistake(String text, int column, String message) {
        return Arguments.of(text, column, message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void showsThePlaceOfAMistake(String text, int column, String message) {
        assertThatThrownBy(() -> FilterText.parse(text))
                .isInstanceOf(FilterTextException.class)
                .hasMessageStartingWith("column " + column + ": ")
                .hasMessageContaining(message)
                .hasMessageEndingWith("\n  " + text + "\n  " + " ".repeat(column - 1) + "^");
    }

    @Test
    void namesTheLineOfAMistakeBeyondTheFirst() {
        assertThatThrownBy(() -> FilterText.parse("a == 1 &&\n b >> 2"))
                .isInstanceOf(FilterTextException.class)
                .hasMessageStartingWith("line 2, column 5: ");
    }
}
