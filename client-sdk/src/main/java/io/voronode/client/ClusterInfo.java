package io.voronode.client;

import java.util.List;

/**
 * The cluster as one coordinator sees it.
 *
 * @param uuid the cluster's
 * @param version of the coordinator that answered
 * @param coordinators who coordinates
 * @param nodes who holds data
 * @param partitions where the rows are
 * @param shards where the index is, one entry per replica
 * @param operations what the cluster is doing beside reading and writing
 * @param rebalance whether replicas move
 */
public record ClusterInfo(
        String uuid,
        String version,
        List<Coordinator> coordinators,
        List<Node> nodes,
        List<Partition> partitions,
        List<Shard> shards,
        List<Operation> operations,
        RebalanceMode rebalance) {

    public ClusterInfo {
        coordinators = List.copyOf(coordinators);
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
        shards = List.copyOf(shards);
        operations = List.copyOf(operations);
    }

    /**
     * A live coordinator.
     *
     * @param name its name
     * @param address where clients reach it
     * @param controller whether it is the controller
     */
    public record Coordinator(String name, String address, boolean controller) {}

    /**
     * A registered shard node.
     *
     * @param name its name
     * @param address where it is reached
     * @param zone its failure zone
     * @param reachable whether it answered
     * @param version its version
     * @param diskFreeBytes bytes free where its data lies
     * @param notice what keeps it from working in full, such as a disk that is nearly full; empty: nothing
     * @param state what may be placed on it
     * @param partitionReplicas replicas of partitions that it holds, or should hold
     * @param shardReplicas the same of shards
     */
    public record Node(
            String name,
            String address,
            String zone,
            boolean reachable,
            String version,
            long diskFreeBytes,
            String notice,
            NodeState state,
            int partitionReplicas,
            int shardReplicas) {

        /** Whether it holds nothing. */
        public boolean empty() {
            return partitionReplicas + shardReplicas == 0;
        }
    }

    /** What may be placed on a node. */
    public enum NodeState {
        /** It has not registered yet, or is in a state that this client does not know. */
        UNKNOWN,
        /** It takes replicas. */
        ACTIVE,
        /** It gives its replicas away, or has done so. */
        DRAINING,
        /** It was removed: its name never returns. */
        REMOVED
    }

    /**
     * Something that takes a while.
     *
     * @param kind what it is
     * @param subject what it is done to: a node, {@code partition P}, {@code COLLECTION/GENERATION/SHARD}, {@code COLLECTION/GENERATION} or a
     *     collection
     * @param detail how far it is, or what it waits for, for people
     */
    public record Operation(OperationKind kind, String subject, String detail) {}

    /** What an operation is. */
    public enum OperationKind {
        /** One that this client does not know. */
        OTHER,
        /** A node gives its replicas away. */
        DRAIN,
        /** A replica of a partition is made on another node, or one is given up that was made elsewhere. */
        MOVE_PARTITION,
        /** A replica of a shard is built on another node. */
        MOVE_SHARD,
        /** Cells are trained for a new generation. */
        TRAIN,
        /** The shards of a new generation are built and calibrated. */
        BUILD,
        /** A generation is being ended. */
        END,
        /** A snapshot is restored into a collection. */
        RESTORE,
        /** A collection is dropped. */
        DROP
    }

    /**
     * One partition of the rows.
     *
     * @param number 0 to P − 1
     * @param leader the node that leads it; empty while there is none
     * @param nodes the nodes that hold replicas
     * @param appliedIndex the log index that the leader has applied
     * @param recordCount live records of all collections
     * @param damaged replicas that serve nothing because files of theirs are damaged or missing
     */
    public record Partition(
            int number,
            String leader,
            List<String> nodes,
            long appliedIndex,
            long recordCount,
            List<DamagedReplica> damaged) {

        public Partition {
            nodes = List.copyOf(nodes);
            damaged = List.copyOf(damaged);
        }
    }

    /**
     * A partition replica that was closed because of its files.
     *
     * @param node the node that holds it
     * @param damage which file, and how that was seen
     */
    public record DamagedReplica(String node, String damage) {}

    /**
     * One replica of one shard.
     *
     * @param collection the collection's name
     * @param generation the generation's number
     * @param number the shard's number
     * @param node the node that holds the replica
     * @param ready whether it can answer searches
     * @param recordCount records in it
     * @param lagEntries log entries that it has still to make visible
     */
    public record Shard(
            String collection,
            int generation,
            int number,
            String node,
            boolean ready,
            long recordCount,
            long lagEntries) {}
}
