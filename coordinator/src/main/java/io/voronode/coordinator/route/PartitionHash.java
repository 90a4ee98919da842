package io.voronode.coordinator.route;

import java.nio.charset.StandardCharsets;
import net.openhft.hashing.LongHashFunction;

/** The partition of a key: xxHash64 of its UTF-8 bytes with seed 0, modulo the number of partitions. Part of the stored format. */
public final class PartitionHash {
    private static final LongHashFunction XX_HASH_64 = LongHashFunction.xx(0);

    private PartitionHash() {}

    /** 0 to partitionCount − 1. */
    public static int partition(String key, int partitionCount) {
        return Math.floorMod(hash(key), partitionCount);
    }

    static long hash(String key) {
        return XX_HASH_64.hashBytes(key.getBytes(StandardCharsets.UTF_8));
    }
}
