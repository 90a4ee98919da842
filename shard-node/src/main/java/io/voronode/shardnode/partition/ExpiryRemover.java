package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.ExpireBatch;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.shardnode.partition.store.RowView;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the expired rows of one partition removed while this replica leads: finds some by the clock and proposes them, one entry in flight, at
 * most 256 rows at each call, and looks again a second later where there were none. Nothing depends on when that is, because expired
 * rows are not shown; so it waits while the index is behind.
 * What a lost lead or a clock that went back leaves undone is found again.
 */
final class ExpiryRemover {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryRemover.class);
    private static final int BATCH_ROWS = 256;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PartitionReplica replica;
    private final WritePressure pressure;
    private final Clock clock;
    private final AtomicBoolean inFlight = new AtomicBoolean();
    private long nextLookNanos = System.nanoTime();

    ExpiryRemover(PartitionReplica replica, HostContext context) {
        this.replica = replica;
        this.pressure = context.pressure();
        this.clock = context.clock();
    }

    /** Called again and again by the keeper's thread. */
    void removeSome() {
        boolean due = System.nanoTime() - nextLookNanos >= 0;
        if (!due || inFlight.get() || pressure.isBehind(replica.partition())) {
            return;
        }
        ExpireBatch expired = find();
        if (expired.getRowsCount() == 0) {
            nextLookNanos = System.nanoTime() + IDLE_NANOS;
        } else {
            inFlight.set(true);
            var _ = replica.propose(PartitionEntry.newBuilder().setExpire(expired))
                    .whenComplete(this::done);
        }
    }

    private ExpireBatch find() {
        try (RowView view = replica.view()) {
            return ExpiredRows.some(view, clock.millis(), BATCH_ROWS);
        }
    }

    private void done(Object ignored, Throwable error) {
        inFlight.set(false);
        if (error != null) {
            LOG.debug("partition {}: expired rows were not removed yet", replica.partition(), error);
        }
    }
}
