package io.voronode.client;

import java.util.List;

/**
 * How the cluster tree in ZooKeeper was brought to where the nodes are.
 *
 * @param clusterUuid the cluster's
 * @param partitionCount how many partitions it has
 * @param changes what was written, or would be; none: the tree agrees with the nodes
 * @param notes what could not be known, and what was taken in its place
 * @param applied whether the changes were written
 */
public record RecoveryReport(
        String clusterUuid, int partitionCount, List<Change> changes, List<String> notes, boolean applied) {

    public RecoveryReport {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    /**
     * One znode of the tree.
     *
     * @param kind what becomes of it
     * @param path its path in ZooKeeper
     * @param content its new content, as JSON; empty where it is deleted
     */
    public record Change(Kind kind, String path, String content) {}

    /** What becomes of a znode. */
    public enum Kind {
        /** It was not there. */
        CREATE,
        /** It had another content. */
        REPLACE,
        /** Nothing in the cluster corresponds to it. */
        DELETE,
        /** One that this client does not know yet. */
        OTHER
    }
}
