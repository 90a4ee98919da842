package io.voronode.shardnode.shard.filter;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Strings that are points in time: the date-time of RFC 3339, with at most nine digits of a second and without leap seconds. */
final class Rfc3339 {
    private static final int SHORTEST = "2000-01-01T00:00:00Z".length();
    private static final int LONGEST = "2000-01-01T00:00:00.123456789+00:00".length();
    private static final Pattern FORM = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)",
            Pattern.CASE_INSENSITIVE);

    private Rfc3339() {}

    /** Empty for other strings, and for dates that no calendar has. */
    static Optional<Instant> parse(String text) {
        boolean candidate = text.length() >= SHORTEST && text.length() <= LONGEST && text.charAt(4) == '-';
        if (!candidate || !FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
