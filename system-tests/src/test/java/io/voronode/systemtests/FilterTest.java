package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Filter;
import io.voronode.client.Hit;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.SearchMode;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Filters from the client and from the command line to the index and back, against brute force over the records that match. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilterTest {
    private static final String COLLECTION = "filtered";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int RECORDS = 3_000;
    private static final int DIMENSION = 8;
    private static final int K = 10;
    private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

    private final Random random = new Random(3);
    private final List<float[]> vectors = new ArrayList<>();
    private DevProcess server;
    private VoronodeClient client;

    @BeforeAll
    void start(@TempDir Path temp) throws InterruptedException {
        server = DevProcess.start(temp.resolve("data"));
        client = VoronodeClient.connect(server.address());
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .build());
        List<VectorRecord> records = new ArrayList<>();
        for (int number = 0; number < RECORDS; number++) {
            vectors.add(Seeds.vector(random, DIMENSION));
            records.add(VectorRecord.builder(key(number))
                    .vector(vectors.get(number))
                    .payload(payload(number))
                    .build());
        }
        assertThat(client.upsert(COLLECTION, records, Wait.INDEXED).ok()).isTrue();
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private static String key(int number) {
        return "record-" + number;
    }

    private static String payload(int number) {
        String author = number % 3 == 0 ? "{\"name\":\"Ann-" + number % 7 + "\",\"born\":" + number + ".5}" : "null";
        return "{\"lang\":\"" + (number % 2 == 0 ? "en" : "de") + "\",\"number\":" + number + ",\"tags\":[\"t"
                + number % 5
                + "\",\"all\"],\"even\":" + (number % 2 == 0) + ",\"author\":" + author + ",\"at\":\""
                + START.plusSeconds(number) + "\"}";
    }

    static Stream<Arguments> filters() {
        return Stream.of(
                accepts("lang == 'en'", Filter.eq("lang", "en"), n -> n % 2 == 0),
                accepts("even == false", Filter.eq("even", false), n -> n % 2 == 1),
                accepts("number in [7, 8.0, 9999]", Filter.in("number", 7, 8, 9999), n -> n == 7 || n == 8),
                accepts(
                        "number >= 100 && number < 150.5",
                        Filter.range("number").atLeast(100).below(150.5),
                        n -> n >= 100 && n <= 150),
                accepts("author.born > 2000", Filter.range("author.born").above(2000), n -> n % 3 == 0 && n >= 2000),
                accepts("tags == 't4'", Filter.eq("tags", "t4"), n -> n % 5 == 4),
                accepts("!has(author)", Filter.not(Filter.exists("author")), n -> n % 3 != 0),
                accepts("author.name.startsWith('Ann-6')", Filter.prefix("author.name", "Ann-6"), n -> n % 21 == 6),
                accepts(
                        "at <= timestamp('2024-01-01T01:00:09+01:00')",
                        Filter.range("at").atMost(START.plusSeconds(9)),
                        n -> n <= 9),
                accepts(
                        "lang != 'en' && (number < 100 || tags == 't1')",
                        Filter.not(Filter.eq("lang", "en"))
                                .and(Filter.range("number").below(100).or(Filter.eq("tags", "t1"))),
                        n -> n % 2 == 1 && (n < 100 || n % 5 == 1)),
                accepts("lang == 'fr'", Filter.eq("lang", "fr"), n -> false));
    }

    private static Arguments accepts(String text, Filter filter, IntPredicate accepted) {
        return Arguments.of(text, filter, accepted);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void findsTheNearestOfThoseThatMatch(String text, Filter filter, IntPredicate accepted) {
        float[] query = Seeds.vector(random, DIMENSION);
        SearchResult found = client.search(
                COLLECTION,
                Query.of(query),
                SearchOptions.builder(K).filter(filter).explain(true).build());
        assertThat(found.hits()).extracting(Hit::key).isEqualTo(nearest(query, accepted));
        assertThat(Objects.requireNonNull(found.explanation()).accepted())
                .hasValue(IntStream.range(0, RECORDS).filter(accepted).count());
        assertThat(found.explanation().mode()).isEqualTo(SearchMode.EXACT_FILTERED);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void theCommandLineSaysTheSame(String text, Filter filter, IntPredicate accepted) throws InterruptedException {
        float[] query = Seeds.vector(random, DIMENSION);
        StringBuilder vector = new StringBuilder();
        for (float value : query) {
            vector.append(vector.isEmpty() ? "" : ",").append(value);
        }
        Command search = Command.run(
                TIMEOUT,
                "search",
                COLLECTION,
                "--vector=" + vector,
                "--filter",
                text,
                "-o",
                "json",
                "--server",
                server.address());
        assertThat(search.exitCode()).as(search.err()).isZero();
        List<String> keys = nearest(query, accepted);
        assertThat(keys).allSatisfy(key -> assertThat(search.out()).contains("\"" + key + "\""));
        assertThat(search.out().split("\"key\"", -1)).hasSize(keys.size() + 1);
    }

    @Test
    void aFilterBeyondALimitIsRefusedWithItsPlace() {
        Filter deep = Filter.exists("a");
        for (int level = 1; level < 33; level++) {
            deep = Filter.not(deep);
        }
        refused(deep, "none_of[0]: nested deeper than 32 levels");
        refused(Filter.in("a", new long[4_097]), "filter.is_in: 4097 values are not within 1 to 4096");
        refused(Filter.range("a"), "filter.range: has no bound");
        refused(Filter.prefix("a", "x".repeat(257)), "filter.prefix: prefix of 257 bytes");
        refused(Filter.eq("", 1), "filter.equals: names no field");
    }

    private void refused(Filter filter, String message) {
        SearchOptions options = SearchOptions.builder(1).filter(filter).build();
        assertThatThrownBy(() -> client.search(COLLECTION, Query.of(new float[DIMENSION]), options))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessageContaining(message);
    }

    private List<String> nearest(float[] query, IntPredicate accepted) {
        return IntStream.range(0, RECORDS)
                .filter(accepted)
                .boxed()
                .sorted(Comparator.comparingDouble(number -> squaredDistance(query, vectors.get(number))))
                .limit(K)
                .map(FilterTest::key)
                .toList();
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
