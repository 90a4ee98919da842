package io.voronode.systemtests.faults;

import io.voronode.client.Filter;
import io.voronode.client.VectorRecord;
import io.voronode.systemtests.Seeds;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the traffic writes: all of a record follows from its key and from its value, a number that no other write has. */
final class Content {
    static final int DIMENSION = 16;
    private static final int GROUPS = 8;
    private static final int SLOTS = 64;
    private static final Pattern PAYLOAD =
            Pattern.compile("\\{\"key\":\"[^\"]*\",\"value\":(\\d+),\"group\":\"g\\d+\",\"slot\":\"[^\"]*\"}");

    private Content() {}

    static VectorRecord record(String key, long value) {
        return VectorRecord.builder(key)
                .vector(vector(value))
                .payload(payload(key, value))
                .build();
    }

    /** The value comes first, so the record nearest to a vector is the one with its value. */
    static float[] vector(long value) {
        float[] vector = Seeds.vector(new Random(value), DIMENSION);
        vector[0] = value;
        return vector;
    }

    private static String payload(String key, long value) {
        return "{\"key\":\"" + key + "\",\"value\":" + value + ",\"group\":\"g" + value % GROUPS + "\",\"slot\":\""
                + slot(key) + "\"}";
    }

    /** What a key has in common with some others of its client: of {@code cold-3-117} that is {@code cold-3-53}. */
    static String slot(String key) {
        int number = key.lastIndexOf('-') + 1;
        return key.substring(0, number) + Integer.parseInt(key.substring(number)) % SLOTS;
    }

    /** Met by the records whose keys have this slot. */
    static Filter inSlot(String slot) {
        return Filter.eq("slot", slot);
    }

    /** Met by the records of the same group as this one. */
    static Filter sameGroup(long value) {
        return Filter.eq("group", "g" + value % GROUPS);
    }

    static boolean isSameGroup(long one, long other) {
        return one % GROUPS == other % GROUPS;
    }

    /** The value in a payload; 0 where it has none. */
    static long value(String payload) {
        Matcher matcher = PAYLOAD.matcher(payload);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** Whether this is, byte for byte, what one write wrote. */
    static boolean isWhole(String key, String payload, float @Nullable [] vector) {
        long value = value(payload);
        return value > 0 && payload.equals(payload(key, value)) && Arrays.equals(vector, vector(value));
    }
}
