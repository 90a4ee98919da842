package io.voronode.cli.table;

import java.time.Duration;
import java.util.Locale;

/** Figures for people. Pure. */
public final class Figures {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Figures() {}

    /** 20000 as {@code 20 000}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
    }

    /** 1 and "cell" as {@code 1 cell}, 20000 as {@code 20 000 cells}. */
    public static String counted(long value, String noun) {
        return count(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** 1536 as {@code 1.5 KiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** As {@code 850 µs}, {@code 12.3 ms}, {@code 4.2 s} or {@code 3 min 20 s}. */
    public static String time(Duration time) {
        double micros = time.toNanos() / 1e3;
        if (micros < 1e3) {
            return String.format(Locale.ROOT, "%.0f µs", micros);
        }
        if (micros < 1e6) {
            return String.format(Locale.ROOT, "%.1f ms", micros / 1e3);
        }
        return micros < 6e7
                ? String.format(Locale.ROOT, "%.1f s", micros / 1e6)
                : time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }

    /** Records a second. */
    public static String rate(long count, Duration time) {
        double seconds = Math.max(time.toNanos(), 1) / 1e9;
        return count(Math.round(count / seconds)) + "/s";
    }
}
