package io.voronode.client;

import org.jspecify.annotations.Nullable;

/**
 * A record that was found. Vector and document are read after the search: where they are asked for, a record that changed in between is
 * shown as it is then, payload and version too, at the distance of the version searched; with a filter it is left out.
 *
 * @param key the record's key
 * @param distance by the collection's metric; ascending over the hits
 * @param score the same as a figure that grows with nearness
 * @param version the version of what is shown
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
