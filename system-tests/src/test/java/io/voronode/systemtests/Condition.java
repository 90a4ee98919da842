package io.voronode.systemtests;

import io.voronode.client.Filter;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A filter, and the same question asked of a payload here: the payloads hold a number and a group that follows from it. Immutable.
 *
 * @param filter null where every record meets it
 * @param group which one, where the filter asks for a group
 * @param least the least number that meets it
 */
record Condition(@Nullable Filter filter, int group, int least) {
    static final Condition NONE = new Condition(null, -1, Integer.MIN_VALUE);
    private static final int GROUPS = 8;

    /** A payload with this number. */
    static String payload(int number) {
        return "{\"n\":" + number + ",\"group\":\"g" + Math.floorMod(number, GROUPS) + "\"}";
    }

    /** Met by a few, by many or by none. */
    static Condition next(Random random) {
        int group = random.nextInt(GROUPS + 1);
        int least = random.nextInt();
        return switch (random.nextInt(3)) {
            case 0 -> new Condition(Filter.eq("group", "g" + group), group, Integer.MIN_VALUE);
            case 1 -> new Condition(Filter.range("n").atLeast(least), -1, least);
            default ->
                new Condition(
                        Filter.eq("group", "g" + group).and(Filter.range("n").atLeast(least)), group, least);
        };
    }

    boolean holds(String payload) {
        int number = Integer.parseInt(payload.substring(payload.indexOf(':') + 1, payload.indexOf(',')));
        return number >= least && (group < 0 || Math.floorMod(number, GROUPS) == group);
    }
}
