package io.voronode.coordinator.validate;

import io.voronode.wire.VoronodeException.BadInput;
import java.util.regex.Pattern;

/** What a collection may be called. */
public final class Names {
    private static final String RULE = "[a-z0-9][a-z0-9_-]{0,62}";
    private static final Pattern COLLECTION = Pattern.compile(RULE);
    private static final int SHOWN_CHARACTERS = 80;

    private Names() {}

    /** Checks the name of a collection. */
    public static void requireCollection(String name) {
        if (!COLLECTION.matcher(name).matches()) {
            throw new BadInput("collection name \"" + shown(name) + "\" does not match " + RULE);
        }
    }

    private static String shown(String name) {
        return name.codePointCount(0, name.length()) <= SHOWN_CHARACTERS
                ? name
                : name.substring(0, name.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
    }
}
