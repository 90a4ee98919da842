package io.voronode.coordinator.validate;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.List;

/** What a key may be: 1 to {@value Limits#KEY_BYTES} bytes of UTF-8 without NUL. */
public final class Keys {
    private Keys() {}

    /**
     * Checks one key.
     *
     * @param where the place in the request, for the message
     */
    public static void require(String where, String key) {
        int bytes = ByteString.copyFromUtf8(key).size();
        if (bytes == 0) {
            throw new BadInput(where + ": key is empty; a key has 1 to " + Limits.KEY_BYTES + " bytes");
        }
        if (bytes > Limits.KEY_BYTES) {
            throw new BadInput(
                    where + ": key of " + bytes + " bytes exceeds the limit of " + Limits.KEY_BYTES + " bytes");
        }
        int nul = key.indexOf('\0');
        if (nul >= 0) {
            throw new BadInput(where + ": key contains NUL at character " + nul);
        }
    }

    /** Checks the number of keys of one call and each of them. */
    public static void requireAll(List<String> keys, int limit) {
        requireCount(keys.size(), limit, "keys");
        for (int i = 0; i < keys.size(); i++) {
            require("key " + i, keys.get(i));
        }
    }

    /** Checks how many things one call brings. */
    public static void requireCount(int count, int limit, String what) {
        if (count > limit) {
            throw new BadInput(count + " " + what + " exceed the limit of " + limit + " a call");
        }
    }
}
