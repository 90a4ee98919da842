package io.voronode.coordinator.validate;

import io.voronode.wire.VoronodeException.BadInput;
import java.util.regex.Pattern;

/** What collections and snapshots may be called. */
public final class Names {
    private static final String RULE = "[a-z0-9][a-z0-9_-]{0,62}";
    private static final Pattern COLLECTION = Pattern.compile(RULE);
    private static final int SHOWN_CHARACTERS = 80;

    private Names() {}

    /** Whether it follows the rule of names. */
    public static boolean isValid(String name) {
        return COLLECTION.matcher(name).matches();
    }

    /** Checks the name of a snapshot, which becomes a folder's. */
    public static void requireSnapshot(String name) {
        if (!isValid(name)) {
            throw new BadInput("snapshot name \"" + shown(name) + "\" does not match " + RULE);
        }
    }

    /** Checks the name of a collection. */
    public static void requireCollection(String name) {
        if (!isValid(name)) {
            throw new BadInput("collection name \"" + shown(name) + "\" does not match " + RULE);
        }
    }

    private static String shown(String name) {
        return name.codePointCount(0, name.length()) <= SHOWN_CHARACTERS
                ? name
                : name.substring(0, name.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
    }
}
