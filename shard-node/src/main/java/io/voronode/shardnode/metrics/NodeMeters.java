package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.shardnode.partition.PartitionCounters;
import io.voronode.shardnode.partition.PartitionHost;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.ShardReplicas;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The meters of a node and of its partition and shard replicas. {@link #follow} makes those of new replicas and removes those of
 * replicas that are gone; the values come from what the node says of itself, at the moment that somebody asks. Any thread.
 */
public final class NodeMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final PartitionHost partitions;
    private final ShardReplicas shards;
    private final Recent<Map<Integer, PartitionStatus>> statuses;
    private final MeterGroup ofNode;
    private final Map<Replica, MeterGroup> groups = new HashMap<>();
    private boolean closed;

    /** What meters tell of, by identity: a replica that takes the place of another one has meters of its own. */
    private sealed interface Replica {
        record OfPartition(int number, PartitionCounters counters) implements Replica {}

        record OfShard(ShardReplica shard) implements Replica {}
    }

    /** Begins with what is on the node already. */
    public NodeMeters(MeterRegistry registry, PartitionHost partitions, ShardReplicas shards) {
        this.registry = registry;
        this.partitions = partitions;
        this.shards = shards;
        this.statuses =
                new Recent<>(() -> byNumber(partitions), registry.config().clock());
        this.ofNode = new MeterGroup(registry, Tags.empty())
                .gauge("voronode.filters", "bytes", "Size of the filters that are remembered", shards::filterBytes)
                .gauge("voronode.disk.free", "bytes", "Free where the data lies", partitions.freeSpace()::freeBytes)
                .gauge(
                        "voronode.disk.reserve",
                        "bytes",
                        "Below it upserts are refused and no index is built",
                        partitions.freeSpace()::reserveBytes)
                .gauge(
                        "voronode.quarantine",
                        "bytes",
                        "Size of the damaged files that are kept",
                        partitions::quarantinedBytes)
                .counter("voronode.rows.flushed.bytes", "Rows written to files", partitions::flushedBytes)
                .counter("voronode.rows.compacted.bytes", "Rows written once more", partitions::compactedBytes)
                .counter("voronode.index.flushed.bytes", "New segments", shards.writes()::flushedBytes)
                .counter("voronode.index.merged.bytes", "Segments written once more", shards.writes()::mergedBytes);
        follow();
    }

    private static Map<Integer, PartitionStatus> byNumber(PartitionHost partitions) {
        return partitions.describe().stream()
                .collect(Collectors.toMap(PartitionStatus::getPartition, status -> status));
    }

    /** To be called when replicas may have come or gone. */
    public synchronized void follow() {
        if (closed) {
            return;
        }
        Set<Replica> present = new HashSet<>();
        partitions.counters().forEach((number, counters) -> present.add(new Replica.OfPartition(number, counters)));
        shards.all().forEach(shard -> present.add(new Replica.OfShard(shard)));
        retain(present);
        present.forEach(replica -> groups.computeIfAbsent(replica, this::group));
    }

    private void retain(Set<Replica> present) {
        groups.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                entry.getValue().remove();
            }
            return gone;
        });
    }

    private MeterGroup group(Replica replica) {
        return switch (replica) {
            case Replica.OfPartition(int number, PartitionCounters counters) ->
                PartitionMeters.of(registry, statuses, number, counters);
            case Replica.OfShard(ShardReplica shard) -> ShardMeters.of(registry, shard);
        };
    }

    /** Removes all of them, for good. */
    @Override
    public synchronized void close() {
        closed = true;
        retain(Set.of());
        ofNode.remove();
    }
}
