package io.voronode.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read.
 *
 * @param key the user's name for it
 * @param vector its embedding, where asked for; owned by the reader
 * @param payload a JSON object as text
 * @param document the raw data, where asked for and present
 * @param version of this state of the record; versions of a key only grow
 * @param updateTime when the write was taken
 * @param expireTime from when on the record is not there any more; null for never
 */
public record StoredRecord(
        String key,
        float @Nullable [] vector,
        String payload,
        @Nullable Document document,
        long version,
        Instant updateTime,
        @Nullable Instant expireTime) {}
