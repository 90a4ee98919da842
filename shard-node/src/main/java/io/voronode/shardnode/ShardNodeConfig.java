package io.voronode.shardnode;

import io.voronode.shardnode.partition.PartitionLimits;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a shard node needs to be told.
 *
 * @param node its name, unique in the cluster and the same after every restart
 * @param cluster the cluster's name
 * @param zone its failure zone, may be empty
 * @param dataFolder everything that it keeps lies under it
 * @param zookeeper connect string
 * @param sessionTimeout after which ZooKeeper takes it for dead
 * @param rpcAddress where it listens: {@code host:port} (port 0: any free one) or {@code in-process:NAME}
 * @param raftHost where its Raft server listens
 * @param raftPort of the Raft server
 * @param advertisedHost host name or address at which others reach both ports
 * @param limits bounds of its partitions
 */
public record ShardNodeConfig(
        String node,
        String cluster,
        String zone,
        Path dataFolder,
        String zookeeper,
        Duration sessionTimeout,
        String rpcAddress,
        String raftHost,
        int raftPort,
        String advertisedHost,
        PartitionLimits limits) {
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(10);

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public ShardNodeConfig {
        requireName("node", node);
        requireName("cluster", cluster);
        if (zookeeper.isEmpty()) {
            throw new VoronodeException.BadInput("the ZooKeeper connect string of node \"" + node + "\" is empty");
        }
        if (raftPort < 1 || raftPort > 65_535) {
            throw new VoronodeException.BadInput("Raft port " + raftPort + " is not in 1..65535");
        }
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new VoronodeException.BadInput(what + " name \"" + name + "\" does not match " + NAME);
        }
    }
}
