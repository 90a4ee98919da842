package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.shardnode.partition.store.RowView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the assigner of one replica on a thread of its own while this replica leads, rows are unstamped and
 * the disk has room; at most one at a time. */
final class AssignTask {
    private static final Logger LOG = LoggerFactory.getLogger(AssignTask.class);

    private final PartitionReplica replica;
    private final FreeSpace space;
    private final Assigner assigner;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    AssignTask(PartitionReplica replica, HostContext context) {
        this.replica = replica;
        this.space = context.freeSpace();
        this.assigner = new Assigner(replica::view, replica::propose, context.maps(), this::mayGoOn);
    }

    private boolean mayGoOn() {
        return !closed && !space.isLow() && replica.isReadyLeader();
    }

    private record Work(StoredCollection collection, StoredGeneration generation) {}

    /** Starts if there is something to do. Called again and again by the keeper, which makes failures retried. */
    void startIfNeeded() {
        if (running.get() || space.isLow() || work().isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform().daemon().name("assigner-" + replica.partition()).start(this::run);
    }

    private List<Work> work() {
        List<Work> work = new ArrayList<>();
        try (RowView view = replica.view()) {
            for (StoredCollection collection : Collections.all(view)) {
                for (StoredGeneration generation : collection.getGenerationsList()) {
                    if (generation.getUnstamped() > 0) {
                        work.add(new Work(collection, generation));
                    }
                }
            }
        }
        return work;
    }

    private void run() {
        try {
            for (Work work : work()) {
                long stamps = assigner.assign(work.collection, work.generation);
                LOG.info(
                        "partition {}: {} rows of {} stamped for generation {}",
                        replica.partition(),
                        stamps,
                        work.collection.getSpec().getName(),
                        work.generation.getGeneration());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RuntimeException e) {
            LOG.warn("partition {}: stamping stopped; it is tried again", replica.partition(), e);
        } finally {
            running.set(false);
        }
    }

    void close() {
        closed = true;
    }
}
