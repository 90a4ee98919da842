package io.voronode.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as people write it: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 24h}, {@code 7d}. Keeps nothing. */
public final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    @Override
    public Duration convert(String value) {
        Matcher form = FORM.matcher(value);
        Duration unit = form.matches() ? UNITS.get(form.group(2)) : null;
        if (unit == null) {
            throw new TypeConversionException("\"" + value + "\" is not a time such as 250ms, 30s, 5m, 24h or 7d");
        }
        return unit.multipliedBy(Long.parseLong(form.group(1)));
    }

    /** The form that reads as the same time, in the largest unit up to hours that divides it. */
    public static String text(Duration time) {
        long ms = time.toMillis();
        for (String unit : List.of("h", "m", "s")) {
            long unitMs = Objects.requireNonNull(UNITS.get(unit)).toMillis();
            if (ms > 0 && ms % unitMs == 0) {
                return ms / unitMs + unit;
            }
        }
        return ms + "ms";
    }
}
