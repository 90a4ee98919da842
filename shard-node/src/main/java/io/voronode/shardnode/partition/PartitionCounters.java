package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.shardnode.partition.apply.Outcome;
import java.util.concurrent.atomic.LongAdder;

/** What one partition replica has done since the start of the node, over restarts of its Raft division. Any thread reads it. */
public final class PartitionCounters {
    private final LongAdder entriesApplied = new LongAdder();
    private final LongAdder bytesApplied = new LongAdder();
    private final LongAdder rowsWritten = new LongAdder();
    private final LongAdder rowsExpired = new LongAdder();
    private final LongAdder snapshots = new LongAdder();
    private final LongAdder snapshotInstalls = new LongAdder();

    void applied(Outcome outcome, int bytes) {
        entriesApplied.increment();
        bytesApplied.add(bytes);
        if (outcome instanceof Outcome.Written written) {
            written.answers().forEach(this::written);
        } else if (outcome instanceof Outcome.Expired expired) {
            rowsExpired.add(expired.rows());
        }
    }

    private void written(Outcome.Answer answer) {
        int rows = 0;
        for (var result : answer.results()) {
            if (result.getCode() == WriteCode.WRITE_CODE_APPLIED) {
                rows++;
            }
        }
        rowsWritten.add(rows);
    }

    void snapshotTaken() {
        snapshots.increment();
    }

    void snapshotInstalled() {
        snapshotInstalls.increment();
    }

    /** Entries of the log, those included that were replayed at the start; not what Raft writes for itself. */
    public long entriesApplied() {
        return entriesApplied.sum();
    }

    /** Size of these entries, which is what they took in the log. */
    public long bytesApplied() {
        return bytesApplied.sum();
    }

    /** Upserts and deletes that were answered APPLIED. */
    public long rowsWritten() {
        return rowsWritten.sum();
    }

    /** Rows that were removed because they had expired. */
    public long rowsExpired() {
        return rowsExpired.sum();
    }

    /** Snapshots taken here. */
    public long snapshots() {
        return snapshots.sum();
    }

    /** Snapshots that came from a leader in place of entries. */
    public long snapshotInstalls() {
        return snapshotInstalls.sum();
    }
}
