package io.voronode.shardnode.partition;

import io.grpc.BindableService;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.cells.PartitionDirectory;
import java.util.List;

/** The partition replicas of one node. */
public final class PartitionHost implements AutoCloseable {
    private final PartitionHostConfig config;

    private PartitionHost(PartitionHostConfig config) {
        this.config = config;
    }

    /** Serves what is on the disk, without anyone's order. */
    public static PartitionHost start(PartitionHostConfig config, PartitionDirectory directory, CellMaps maps) {
        return new PartitionHost(config);
    }

    /** The disk's id. */
    public String peerId() {
        return config.node();
    }

    /** Forms the Raft group of a new partition; nothing for a known one. */
    public void ensure(PartitionTarget target) {}

    /** What every partition replica is doing. */
    public List<PartitionStatus> describe() {
        return List.of();
    }

    /** PartitionService and FeedService. */
    public List<BindableService> services() {
        return List.of();
    }

    @Override
    public void close() {}
}
