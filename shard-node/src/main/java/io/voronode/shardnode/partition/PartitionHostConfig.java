package io.voronode.shardnode.partition;

import java.nio.file.Path;

/**
 * How a node holds its partition replicas.
 *
 * @param node the node's name
 * @param dataFolder everything lies under it: Raft logs, row stores, the peer id
 * @param raftHost where the Raft server listens
 * @param raftPort 1 to 65535; other peers must be able to reach it
 * @param limits bounds of queues, entries and retention
 */
public record PartitionHostConfig(String node, Path dataFolder, String raftHost, int raftPort, PartitionLimits limits) {
    public PartitionHostConfig {
        if (node.isEmpty()) {
            throw new IllegalArgumentException("node name is empty");
        }
        if (raftPort < 1 || raftPort > 65_535) {
            throw new IllegalArgumentException("Raft port " + raftPort + " is not in 1..65535");
        }
    }
}
