package io.voronode.systemtests.crash;

import java.util.List;

/** Points at which a process dies, each where files or logs are between an old and a new state. */
public enum CrashPoint {
    /** The index of a shard: segments and {@code pending_segments_N} are synced, {@code segments_N} is not there yet. */
    FLUSH("org.apache.lucene.index.IndexWriter", "commitInternal", "finishCommit", 1),
    /** The merged segment is written; the index does not know it yet. */
    MERGE("org.apache.lucene.index.IndexWriter", "mergeMiddle", "commitMerge", 1),
    /** The rows of a follower are deleted, those that a snapshot brought are not in their place yet. */
    INSTALL("io.voronode.shardnode.partition.LiveStore", "place", "rename", 1),
    /** The first 256 rows of a partition are stamped for a new generation, the next ones are about to be. */
    ASSIGN("io.voronode.shardnode.partition.Assigner", "assign", "apply", 2),
    /** The cells of a new generation are trained; their map is stored nowhere. */
    TRAIN("io.voronode.coordinator.control.CellTrainingJob", "run", "put", 1),
    /** The map is stored; nobody knows that the generation has shards, or where. */
    PLACE("io.voronode.coordinator.control.GenerationTraining", "build", "commit", 1),
    /** The new generation is built and calibrated; the last one still serves. */
    SWITCH("io.voronode.coordinator.control.GenerationBuilding", "serve", "commit", 1),
    /** The last generation is ended in all partitions; the tree still has it. */
    END("io.voronode.coordinator.control.GenerationEnding", "end", "commit", 1),
    /** A replica of a shard is built on another node; nobody asks it yet, and the one that it replaces is still there. */
    MOVE("io.voronode.coordinator.control.ShardMoves", "trim", "replace", 1);

    private final String type;
    private final String method;
    private final String before;
    /** How often one thread has to come there. */
    private final int count;

    CrashPoint(String type, String method, String before, int count) {
        this.type = type;
        this.method = method;
        this.before = before;
        this.count = count;
    }

    /** What {@link CrashAgent} is told: the point, and the file to leave. */
    String arguments(String marker) {
        return String.join(",", List.of(type, method, before, Integer.toString(count), marker));
    }

    /** As a stack trace has it. */
    public String frame() {
        return type + "." + method;
    }

    @Override
    public String toString() {
        return type.substring(type.lastIndexOf('.') + 1) + "." + method + " before " + before;
    }
}
