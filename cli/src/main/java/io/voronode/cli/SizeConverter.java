package io.voronode.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 4096}, {@code 64KiB}, {@code 256MiB}, {@code 1GiB}. */
public final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(|KiB|MiB|GiB)");
    private static final Map<String, Integer> SHIFTS = Map.of("", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    @Override
    public Long convert(String value) {
        Matcher form = FORM.matcher(value);
        Integer shift = form.matches() ? SHIFTS.get(form.group(2)) : null;
        if (shift == null) {
            throw new TypeConversionException("\"" + value + "\" is not a size such as 4096, 64KiB, 256MiB or 1GiB");
        }
        return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << shift);
    }
}
