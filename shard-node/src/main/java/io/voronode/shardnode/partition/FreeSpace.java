package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.wire.VoronodeException.Overload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk from filling up. Below the bound upserts are refused, so that what is acknowledged can still be flushed, merged and
 * snapshot, and deletes still work; they are taken again as soon as there is room. Any thread may ask; the disk is asked twice a second.
 */
final class FreeSpace {
    /** A few files of the log and a flush of the row store and the index. */
    static final long MIN_BYTES = 256L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

    private final LongSupplier disk;
    private volatile Measured measured;

    private record Measured(long bytes, long nanos) {}

    FreeSpace(LongSupplier disk) {
        this.disk = disk;
        this.measured = measure();
    }

    static FreeSpace of(Path folder) {
        return new FreeSpace(() -> usable(folder));
    }

    /** A disk that cannot say how much is free is taken for one with room: the write itself will find out. */
    private static long usable(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            LOG.warn("cannot tell the free space of {}", folder, e);
            return Long.MAX_VALUE;
        }
    }

    /**
     * Does nothing where there is room, or nothing is to be added.
     *
     * @throws Overload telling how much is free and how much must be
     */
    void require(RequestOperations operations) {
        if (System.nanoTime() - measured.nanos() > MAX_AGE_NANOS) {
            measured = measure();
        }
        long free = measured.bytes();
        if (free < MIN_BYTES && operations.getOperationsList().stream().anyMatch(WriteOperation::hasUpsert)) {
            throw new Overload(
                    "the node's disk has " + (free >> 20) + " MiB free; below " + (MIN_BYTES >> 20)
                            + " MiB only deletes are taken",
                    RETRY_DELAY);
        }
    }

    private Measured measure() {
        return new Measured(disk.getAsLong(), System.nanoTime());
    }
}
