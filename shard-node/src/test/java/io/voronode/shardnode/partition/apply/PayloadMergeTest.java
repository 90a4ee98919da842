package io.voronode.shardnode.partition.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadMergeTest {
    private static final String[] NAMES = {"a", "b", "c", "d\\\"\\\\", "é"};
    private static final String[] VALUES = {
        "null", "1", "-2.50", "1e3", "true", "false", "\"x\"", "\"{\\\"]\\\\\"", "[]", "[{\"a\":null},[1]]"
    };

    /** The cases of RFC 7386, appendix A, that have an object for both. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"a":"b"}                 | {"a":"c"}                 | {"a":"c"}
            {"a":"b"}                 | {"b":"c"}                 | {"a":"b","b":"c"}
            {"a":"b"}                 | {"a":null}                | {}
            {"a":"b","b":"c"}         | {"a":null}                | {"b":"c"}
            {"a":["b"]}               | {"a":"c"}                 | {"a":"c"}
            {"a":"c"}                 | {"a":["b"]}               | {"a":["b"]}
            {"a":{"b":"c"}}           | {"a":{"b":"d","c":null}}  | {"a":{"b":"d"}}
            {"a":[{"b":"c"}]}         | {"a":[1]}                 | {"a":[1]}
            {"e":null}                | {"a":1}                   | {"e":null,"a":1}
            {"a":"foo"}               | {"a":{"b":{"ccc":null}}}  | {"a":{"b":{}}}
            {}                        | {"a":{"bb":{"ccc":null}}} | {"a":{"bb":{}}}
            """)
    void mergesAsTheRfcSays(String payload, String patch, String merged) throws PayloadMerge.MalformedException {
        assertThat(PayloadMerge.merge(payload, patch)).isEqualTo(merged);
    }

    @Test
    void keepsNumbersAndStringsAsTheyWereWritten() throws PayloadMerge.MalformedException {
        String payload = "{\"n\": 9007199254740993.10 , \"s\":\"\\u0041\\/\", \"list\": [1, null, {\"x\" : 1e3}]}";

        assertThat(PayloadMerge.merge(payload, "{\"m\":1.00, \"q\":[{\"k\":null}]}"))
                .isEqualTo("{\"n\":9007199254740993.10,\"s\":\"\\u0041\\/\",\"list\":[1, null, {\"x\" : 1e3}],"
                        + "\"m\":1.00,\"q\":[{\"k\":null}]}");
    }

    @Test
    void knowsANameHoweverItIsEscaped() throws PayloadMerge.MalformedException {
        assertThat(PayloadMerge.merge("{\"a\\nb\":1,\"c\":2}", "{\"a\\u000Ab\":3,\"\\u0063\":null}"))
                .isEqualTo("{\"a\\nb\":3}");
        assertThat(PayloadMerge.merge("", "{}")).isEqualTo("{}");
    }

    @Test
    void agreesWithTheRfcsAlgorithmOnRandomObjects() throws PayloadMerge.MalformedException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5_000; round++) {
            Map<String, Object> payload = object(random, 0);
            Map<String, Object> patch = object(random, 0);

            assertThat(PayloadMerge.merge(text(payload), text(patch)))
                    .as("seed %d, round %d: %s and %s", seed, round, text(payload), text(patch))
                    .isEqualTo(text(naive(payload, patch)));
        }
    }

    private static Map<String, Object> object(SplittableRandom random, int level) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.put(NAMES[random.nextInt(NAMES.length)], value(random, level));
        }
        return object;
    }

    /** Objects are maps; all other values are their own text. */
    private static Object value(SplittableRandom random, int level) {
        boolean nested = level < 3 && random.nextInt(3) == 0;
        return nested ? object(random, level + 1) : VALUES[random.nextInt(VALUES.length)];
    }

    private static String text(Object value) {
        return value instanceof Map<?, ?> object
                ? object.entrySet().stream()
                        .map(member -> "\"" + member.getKey() + "\":" + text(member.getValue()))
                        .collect(Collectors.joining(",", "{", "}"))
                : value.toString();
    }

    /** The pseudo code of RFC 7386, section 2. */
    private static Object naive(@Nullable Object target, Object patch) {
        if (!(patch instanceof Map<?, ?> changes)) {
            return patch;
        }
        Map<Object, Object> result =
                target instanceof Map<?, ?> object ? new LinkedHashMap<>(object) : new LinkedHashMap<>();
        changes.forEach((name, change) -> {
            if (change.equals("null")) {
                result.remove(name);
            } else {
                result.put(name, naive(result.get(name), change));
            }
        });
        return result;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p",
                "[1]",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":\"b",
                "{}x",
                "{a:1}",
                "{\"\\u00\":1}"
            })
    void refusesWhatIsNotAnObject(String text) {
        assertThatThrownBy(() -> PayloadMerge.merge(text, "{\"b\":1}"))
                .isInstanceOf(PayloadMerge.MalformedException.class);
        assertThatThrownBy(() -> PayloadMerge.merge("{}", text)).isInstanceOf(PayloadMerge.MalformedException.class);
    }

    @Test
    void refusesWhatIsTooDeep() throws PayloadMerge.MalformedException {
        String deep = "{\"a\":".repeat(32) + "1" + "}".repeat(32);
        assertThat(PayloadMerge.merge("{}", deep)).isEqualTo(deep);
        assertThatThrownBy(() -> PayloadMerge.merge("{}", "{\"a\":" + deep + "}"))
                .hasMessageContaining("deeper than 32");
    }
}
