package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionHashTest {
    /** Values of the reference implementation of xxHash64, seed 0. */
    @Test
    void agreesWithTheReferenceImplementation() {
        assertThat(PartitionHash.hash("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(PartitionHash.hash("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(PartitionHash.hash("abc")).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(PartitionHash.hash("xxhash")).isEqualTo(0x32DD38952C4BC720L);
    }

    @Test
    void hashesTheUtf8BytesAndNeverLeavesTheRange() {
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++) {
            counts[PartitionHash.partition("schlüssel-" + i, 16)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(850, 1_150);
        }
    }
}
