package io.voronode.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A collection as it is.
 *
 * @param uuid never reused, not even by a later collection of the same name
 * @param config what the user decided, defaults filled in
 * @param recordCount live records
 * @param servingGeneration the number of the generation that answers searches
 * @param generations the serving generation and, while one is built or removed, that one; ordered by number
 * @param createTime when it was created
 */
public record CollectionInfo(
        String uuid,
        CollectionConfig config,
        long recordCount,
        int servingGeneration,
        List<GenerationInfo> generations,
        Instant createTime) {

    public CollectionInfo {
        generations = List.copyOf(generations);
    }

    /** The generation that answers searches, where its description was sent. */
    public Optional<GenerationInfo> serving() {
        return generations.stream()
                .filter(generation -> generation.number() == servingGeneration)
                .findFirst();
    }
}
