package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplica;
import java.util.OptionalLong;

/** The meters of one shard replica. */
final class ShardMeters {
    private static final double MS_PER_SECOND = 1_000;

    private ShardMeters() {}

    static MeterGroup of(MeterRegistry registry, ShardReplica shard) {
        Recent<ShardStatus> status =
                new Recent<>(shard::status, registry.config().clock());
        return new MeterGroup(registry, tags(shard.id()))
                .gauge(
                        "voronode.shard.ready",
                        "1 while the replica answers searches",
                        () -> MeterGroup.flag(status.get().getReady()))
                .gauge(
                        "voronode.shard.records",
                        "Records that searches see",
                        () -> status.get().getLiveRecords())
                .gauge(
                        "voronode.shard.index",
                        "bytes",
                        "Size of the index",
                        () -> status.get().getIndexBytes())
                .gauge("voronode.shard.lag", "seconds", "How far searches are behind the rows", () -> lag(shard))
                .gauge(
                        "voronode.shard.lag.entries",
                        "Log entries that searches do not see yet",
                        () -> orNothing(shard.lagEntries()))
                .counter("voronode.shard.scans", "Scans of a partition's rows to build the index", shard::scans)
                .counter("voronode.shard.searches", "Queries answered", shard::searches);
    }

    private static Tags tags(ShardId id) {
        return Tags.of(
                "collection",
                id.collection(),
                "generation",
                Integer.toString(id.generation()),
                "shard",
                Integer.toString(id.shard()));
    }

    /** No number while nothing can be searched. */
    private static double lag(ShardReplica shard) {
        return orNothing(shard.lagMs()) / MS_PER_SECOND;
    }

    private static double orNothing(OptionalLong figure) {
        return figure.isPresent() ? figure.getAsLong() : Double.NaN;
    }
}
