package io.voronode.shardnode.shard.filter;

import com.google.protobuf.Timestamp;
import io.voronode.proto.v1.EqualsFilter;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.FilterList;
import io.voronode.proto.v1.FilterValue;
import io.voronode.proto.v1.InFilter;
import io.voronode.proto.v1.PrefixFilter;
import io.voronode.proto.v1.RangeFilter;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Payloads and filters by chance, over few names and few values, so that they meet often. */
final class RandomFilters {
    private static final String[] NAMES = {"a", "b", "c", "a.b", "é"};
    private static final long[] INTEGERS = {
        0,
        1,
        -1,
        2,
        7,
        1L << 53,
        (1L << 53) + 1,
        (1L << 53) + 2,
        -(1L << 53) - 1,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1
    };
    private static final double[] DOUBLES = {
        0.0, -0.0, 0.5, 1.0, 1.5, -1.0, -2.5, 0x1p53, 0x1p63, -0x1p63, 1e300, -1e300, Double.MIN_VALUE, 0x1p53 + 2
    };
    private static final String[] STRINGS = {
        "",
        "x",
        "xy",
        "xyz",
        "X",
        "true",
        "1",
        "é",
        "😀",
        "x".repeat(255),
        "x".repeat(256),
        "x".repeat(257),
        "x".repeat(300),
        "x".repeat(299) + "y",
        "é".repeat(128),
        "é".repeat(200)
    };
    private static final Instant EPOCH = Instant.parse("2024-02-29T12:00:00Z");

    private final SplittableRandom random;

    RandomFilters(SplittableRandom random) {
        this.random = random;
    }

    // ---- payloads

    Map<String, @Nullable Object> payload() {
        return object(0);
    }

    private Map<String, @Nullable Object> object(int level) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int fields = random.nextInt(5); fields > 0; fields--) {
            object.put(NAMES[random.nextInt(NAMES.length)], value(level));
        }
        return object;
    }

    private @Nullable Object value(int level) {
        return switch (random.nextInt(level < 3 ? 10 : 7)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> integer();
            case 3 -> real();
            case 4, 5 -> string();
            case 6 -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time());
            case 7, 8 -> list(level + 1);
            default -> object(level + 1);
        };
    }

    private List<@Nullable Object> list(int level) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int elements = random.nextInt(4); elements > 0; elements--) {
            list.add(value(level));
        }
        return list;
    }

    private long integer() {
        return INTEGERS[random.nextInt(INTEGERS.length)];
    }

    private double real() {
        return DOUBLES[random.nextInt(DOUBLES.length)];
    }

    private String string() {
        return STRINGS[random.nextInt(STRINGS.length)];
    }

    private OffsetDateTime time() {
        Instant instant = EPOCH.plusSeconds(random.nextInt(3)).plusNanos(random.nextInt(3));
        return instant.atOffset(ZoneOffset.ofHours(random.nextInt(-2, 3)));
    }

    static String json(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "\"" + text + "\"";
            case List<?> list -> list.stream().map(RandomFilters::json).collect(Collectors.joining(",", "[", "]"));
            case Map<?, ?> object ->
                object.entrySet().stream()
                        .map(field -> "\"" + field.getKey() + "\":" + json(field.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
            default -> value.toString();
        };
    }

    // ---- filters

    Filter filter(int levels) {
        int kinds = levels > 0 ? 8 : 5;
        return switch (random.nextInt(kinds)) {
            case 0 ->
                Filter.newBuilder()
                        .setEquals(EqualsFilter.newBuilder().setField(path()).setValue(filterValue()))
                        .build();
            case 1 ->
                Filter.newBuilder()
                        .setIsIn(InFilter.newBuilder().setField(path()).addAllValues(some(this::filterValue)))
                        .build();
            case 2 -> Filter.newBuilder().setRange(range()).build();
            case 3 ->
                Filter.newBuilder()
                        .setExists(ExistsFilter.newBuilder().setField(path()))
                        .build();
            case 4 ->
                Filter.newBuilder()
                        .setPrefix(PrefixFilter.newBuilder().setField(path()).setPrefix(prefix()))
                        .build();
            case 5 ->
                Filter.newBuilder().setAllOf(list(() -> filter(levels - 1))).build();
            case 6 ->
                Filter.newBuilder().setAnyOf(list(() -> filter(levels - 1))).build();
            default ->
                Filter.newBuilder().setNoneOf(list(() -> filter(levels - 1))).build();
        };
    }

    private FilterList list(Supplier<Filter> filters) {
        return FilterList.newBuilder().addAllFilters(some(filters)).build();
    }

    private <T> List<T> some(Supplier<T> values) {
        return Stream.generate(values).limit(1 + random.nextInt(3)).toList();
    }

    private String path() {
        return IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(i -> NAMES[random.nextInt(NAMES.length)])
                .collect(Collectors.joining("."));
    }

    private String prefix() {
        String text = STRINGS[random.nextInt(11)];
        return text.isEmpty() ? text : text.substring(0, text.offsetByCodePoints(0, 1));
    }

    private FilterValue filterValue() {
        return switch (random.nextInt(5)) {
            case 0 ->
                FilterValue.newBuilder().setBoolValue(random.nextBoolean()).build();
            case 1, 2 -> FilterValue.newBuilder().setStringValue(string()).build();
            default -> bound(random.nextBoolean());
        };
    }

    private RangeFilter range() {
        boolean times = random.nextInt(3) == 0;
        RangeFilter.Builder range = RangeFilter.newBuilder().setField(path());
        int bounds = 1 + random.nextInt(3);
        if ((bounds & 1) != 0) {
            boolean open = random.nextBoolean();
            range = open ? range.setAbove(bound(times)) : range.setAtLeast(bound(times));
        }
        if ((bounds & 2) != 0) {
            boolean open = random.nextBoolean();
            range = open ? range.setBelow(bound(times)) : range.setAtMost(bound(times));
        }
        return range.build();
    }

    private FilterValue bound(boolean isTime) {
        if (isTime) {
            Instant time = time().toInstant();
            return FilterValue.newBuilder()
                    .setTimestampValue(Timestamp.newBuilder()
                            .setSeconds(time.getEpochSecond())
                            .setNanos(time.getNano()))
                    .build();
        }
        return random.nextBoolean()
                ? FilterValue.newBuilder().setIntegerValue(integer()).build()
                : FilterValue.newBuilder().setDoubleValue(real()).build();
    }
}
