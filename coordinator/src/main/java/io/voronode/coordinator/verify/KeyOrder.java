package io.voronode.coordinator.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Keys in the order in which stores and indexes keep them: by their UTF-8 bytes, which Java's order of strings is not. */
final class KeyOrder {
    static final Comparator<String> BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private KeyOrder() {}

    /** The end that comes first; null stands for the end of all keys. */
    static @Nullable String first(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return BYTES.compare(one, other) <= 0 ? one : other;
    }

    /** Whether a key is not behind an end. */
    static boolean within(String key, @Nullable String end) {
        return end == null || BYTES.compare(key, end) <= 0;
    }
}
