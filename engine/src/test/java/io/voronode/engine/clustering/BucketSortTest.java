package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class BucketSortTest {

    private final SplittableRandom random = new SplittableRandom(5);
    private final BucketSort sort = new BucketSort();

    @Test
    void keysAreSortedHoweverTheyAreSpread() {
        for (int count : new int[] {1, 2, 3, 17, 64, 1_000, 5_000}) {
            check(count, i -> key(random.nextFloat(), i));
            check(count, i -> key(1, i));
            check(count, i -> key(1, count - i));
            check(count, i -> key(i == 0 ? 1e30f : random.nextFloat(), i));
            check(count, i -> key(i % 3 == 0 ? Float.NaN : i % 3 == 1 ? Float.POSITIVE_INFINITY : 0, i));
            check(count, i -> random.nextLong() >>> 1);
            check(count, i -> random.nextInt(4));
        }
    }

    private void check(int count, IntToLongFunction key) {
        long[] keys = new long[count + 3];
        Arrays.setAll(keys, key);
        long[] expected = Arrays.copyOf(keys, count);
        Arrays.sort(expected);
        assertThat(Arrays.copyOf(sort.sort(keys, count), count)).isEqualTo(expected);
    }

    private static long key(float distance, int low) {
        return (long) Float.floatToIntBits(distance) << 32 | low;
    }

    @Test
    void noKeysAreSortedToo() {
        assertThat(sort.sort(new long[0], 0)).isNotNull();
    }
}
