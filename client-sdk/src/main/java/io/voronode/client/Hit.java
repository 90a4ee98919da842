package io.voronode.client;

import org.jspecify.annotations.Nullable;

/**
 * A record that was found.
 *
 * @param key the record's key
 * @param distance by the collection's metric; ascending over the hits
 * @param score the same as a figure that grows with nearness
 * @param version the version of the record that was searched
 * @param payload a JSON object as text; empty where not asked for
 * @param document where asked for and present
 * @param vector where asked for; owned by the reader
 */
public record Hit(
        String key,
        double distance,
        double score,
        long version,
        String payload,
        @Nullable Document document,
        float @Nullable [] vector) {}
