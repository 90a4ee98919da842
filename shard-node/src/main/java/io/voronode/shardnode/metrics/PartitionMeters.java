package io.voronode.shardnode.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.shardnode.partition.PartitionCounters;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** The meters of one partition replica. */
final class PartitionMeters {
    private final Recent<Map<Integer, PartitionStatus>> statuses;
    private final int partition;

    private PartitionMeters(Recent<Map<Integer, PartitionStatus>> statuses, int partition) {
        this.statuses = statuses;
        this.partition = partition;
    }

    static MeterGroup of(
            MeterRegistry registry,
            Recent<Map<Integer, PartitionStatus>> statuses,
            int partition,
            PartitionCounters counters) {
        MeterGroup group = new MeterGroup(registry, Tags.of("partition", Integer.toString(partition)));
        new PartitionMeters(statuses, partition).addState(group);
        return group.counter("voronode.partition.entries.applied", "Log entries applied", counters::entriesApplied)
                .counter(
                        "voronode.partition.entries.applied.bytes",
                        "Size of the log entries applied",
                        counters::bytesApplied)
                .counter("voronode.partition.rows.written", "Upserts and deletes applied", counters::rowsWritten)
                .counter("voronode.partition.rows.expired", "Expired rows removed", counters::rowsExpired)
                .counter("voronode.partition.snapshots", "Snapshots taken", counters::snapshots)
                .counter(
                        "voronode.partition.snapshot.installs",
                        "Snapshots taken over from a leader",
                        counters::snapshotInstalls);
    }

    private void addState(MeterGroup group) {
        group.gauge("voronode.partition.open", "1 while the replica works", status(PartitionMeters::open))
                .gauge(
                        "voronode.partition.damaged",
                        "1 while files of the replica are damaged",
                        status(status -> MeterGroup.flag(!status.getDamage().isEmpty())))
                .gauge(
                        "voronode.partition.leader",
                        "1 while the replica leads",
                        status(status -> MeterGroup.flag(status.getLeader())))
                .gauge("voronode.partition.term", "Raft term", status(PartitionStatus::getTerm))
                .gauge(
                        "voronode.partition.applied.index",
                        "Log index that the row store has reached",
                        status(status -> status.getPosition().getIndex()))
                .gauge("voronode.partition.log", "bytes", "Size of the Raft log", status(PartitionStatus::getLogBytes))
                .gauge(
                        "voronode.partition.log.first.index",
                        "Index of the first entry that the Raft log still has",
                        status(PartitionStatus::getLogFirstIndex))
                .gauge("voronode.partition.rows", "Rows", status(PartitionMeters::rows));
    }

    /** No number once the replica is gone. */
    private DoubleSupplier status(ToDoubleFunction<PartitionStatus> figure) {
        return () -> {
            PartitionStatus status = statuses.get().get(partition);
            return status == null ? Double.NaN : figure.applyAsDouble(status);
        };
    }

    private static double open(PartitionStatus status) {
        return MeterGroup.flag(status.getFailure().isEmpty() && status.hasPosition());
    }

    private static double rows(PartitionStatus status) {
        return status.getCollectionsList().stream()
                .mapToLong(PartitionCollectionStatus::getLiveRows)
                .sum();
    }
}
