package io.voronode.client;

import java.time.Instant;

/**
 * A snapshot in the folder of a coordinator.
 *
 * @param name its name
 * @param collection the collection that it was made of
 * @param createTime when it was begun
 * @param records records in it
 * @param bytes bytes of its row files
 * @param problem why it cannot be used; empty: nothing is known against it. Then only the name is known beside it
 */
public record SnapshotInfo(
        String name, String collection, Instant createTime, long records, long bytes, String problem) {}
