package io.voronode.systemtests;

import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for conditions of other processes, which can only be asked for again and again. */
public final class Eventually {
    private static final int PAUSE_MS = 50;

    private Eventually() {}

    /** What one look at a condition found: nothing to complain of, or what is still missing. */
    @FunctionalInterface
    public interface Check {
        /** Null when all is well. */
        @Nullable
        String missing() throws InterruptedException;
    }

    /**
     * Returns as soon as nothing is missing. Servers that do not answer count as something missing.
     *
     * @return how long it took
     */
    public static Duration await(String what, Duration timeout, Check check) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            String missing = look(check);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (missing == null) {
                return elapsed;
            }
            if (elapsed.compareTo(timeout) > 0) {
                throw new AssertionError(what + " not within " + timeout + ": " + missing);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }

    private static @Nullable String look(Check check) throws InterruptedException {
        try {
            return check.missing();
        } catch (VoronodeException e) {
            return e.toString();
        }
    }

    /** A value that a condition needs; asked for until servers answer. */
    public static <T> T get(String what, Duration timeout, Supplier<@Nullable T> supplier) throws InterruptedException {
        Object[] found = new Object[1];
        await(what, timeout, () -> {
            found[0] = supplier.get();
            return found[0] == null ? "nothing there" : null;
        });
        @SuppressWarnings("unchecked") // put there by the supplier
        T value = (T) found[0];
        return value;
    }
}
