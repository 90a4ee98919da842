package io.voronode.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a record's payload; its vector and its document stay. Immutable.
 *
 * @param key the record's key
 * @param mode what becomes of the payload that is there
 * @param payload a JSON object as text, at most 64 KiB
 * @param condition what must be true for the change to be made; null for nothing
 */
public record PayloadUpdate(
        String key, Mode mode, String payload, @Nullable WriteCondition condition) {

    /** What becomes of the payload that is there. */
    public enum Mode {
        /** It gives way to the new one. */
        REPLACE,
        /**
         * The new one is merged into it as a JSON merge patch (RFC 7386): its members are added or take the place of those of the same name,
         * objects in objects likewise, null removes, and all else stays as it was written.
         */
        MERGE
    }

    public PayloadUpdate {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(payload, "payload");
    }

    /** Puts a payload in place of the one that is there. */
    public static PayloadUpdate replace(String key, String payload) {
        return new PayloadUpdate(key, Mode.REPLACE, payload, null);
    }

    /** Merges a patch into the payload that is there. */
    public static PayloadUpdate merge(String key, String patch) {
        return new PayloadUpdate(key, Mode.MERGE, patch, null);
    }

    /** The same change, made only where this is true. */
    public PayloadUpdate with(WriteCondition newCondition) {
        return new PayloadUpdate(key, mode, payload, newCondition);
    }
}
