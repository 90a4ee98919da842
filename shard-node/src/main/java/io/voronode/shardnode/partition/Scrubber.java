package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.store.StoreScrub;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the row stores of a node from end to end, one after the other, soon after the start and once a day: a byte that has changed on a disk
 * is otherwise met only when somebody asks for the row, and perhaps by then in the other copies too. What it meets goes the way of all
 * damage ({@link DamageWatch}). One thread of its own, which reads no faster than {@value #BYTES_PER_SECOND} bytes a second.
 */
final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final long BYTES_PER_SECOND = 64L << 20;
    private static final long STEP_BYTES = 4L << 20;
    private static final long FIRST_AFTER_MS = 1_000;
    private static final long INTERVAL_MS = TimeUnit.DAYS.toMillis(1);

    private final Supplier<Collection<PartitionReplica>> replicas;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("partition-scrubber").unstarted(this::run);

    Scrubber(Supplier<Collection<PartitionReplica>> replicas) {
        this.replicas = replicas;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            TimeUnit.MILLISECONDS.sleep(FIRST_AFTER_MS);
            while (true) {
                for (PartitionReplica replica : replicas.get()) {
                    scrub(replica);
                }
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            }
        } catch (InterruptedException e) {
            LOG.debug("the scrubber ends", e);
        }
    }

    private static void scrub(PartitionReplica replica) throws InterruptedException {
        StoreScrub scrub = new StoreScrub();
        try {
            for (long read = replica.scrub(scrub, STEP_BYTES); read > 0; read = replica.scrub(scrub, STEP_BYTES)) {
                TimeUnit.MILLISECONDS.sleep(read * 1_000 / BYTES_PER_SECOND);
            }
        } catch (RuntimeException e) {
            // Damage has been reported by the store; a store that has closed is read tomorrow.
            LOG.debug("partition {} was not read to the end", replica.partition(), e);
        }
    }

    /** Does not wait for the step that it is in: the stores do, when they close. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
