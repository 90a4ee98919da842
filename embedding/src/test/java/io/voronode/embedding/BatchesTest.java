package io.voronode.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a call is cut into batches. */
final class BatchesTest {

    @Test
    void noTextsMakeNoBatch() {
        assertThat(Batches.of(new int[0])).isEmpty();
    }

    @Test
    void theLongestTextsComeFirstAndEqualOnesKeepTheirOrder() {
        assertThat(Batches.of(new int[] {5, 9, 5, 7})).containsExactly(new int[] {1, 3, 0, 2});
    }

    @Test
    void everyTextIsInOneBatchAndNoBatchExceedsItsLimits() {
        long seed = 11;
        int[] counts =
                new Random(seed).ints(500, 2, TextEmbedder.MAX_TOKENS + 1).toArray();

        List<int[]> batches = Batches.of(counts);

        assertThat(batches.stream().flatMapToInt(IntStream::of).sorted().toArray())
                .as("seed %d", seed)
                .isEqualTo(IntStream.range(0, counts.length).toArray());
        assertThat(batches).as("seed %d", seed).allSatisfy(batch -> {
            assertThat(batch.length).isLessThanOrEqualTo(Batches.MAX_TEXTS);
            assertThat(batch.length * counts[batch[0]]).isLessThanOrEqualTo(Batches.MAX_TOKENS);
        });
    }
}
