package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.wire.VoronodeException.Overload;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk from filling up. While less than the reserve is free, upserts are refused and nothing that may wait is built, so that
 * what is acknowledged can still be flushed, merged and snapshot, and deletes still work; all goes on as soon as there is room. Any thread
 * may ask; the disk is asked ten times a second at most.
 */
public final class FreeSpace {
    /** A few files of the log and a flush of the row store and the index. */
    static final long MAX_RESERVE_BYTES = 256L << 20;
    /** Of a small disk the reserve is this part. */
    private static final int RESERVE_PART = 10;

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

    private final String folder;
    private final LongSupplier disk;
    private final long reserveBytes;
    private volatile Measured measured;

    private record Measured(long bytes, long nanos) {}

    /** The supplier tells how many bytes are free on the disk of this size where the folder lies. */
    FreeSpace(String folder, long diskBytes, LongSupplier disk) {
        this.folder = folder;
        this.disk = disk;
        this.reserveBytes = Math.min(MAX_RESERVE_BYTES, diskBytes / RESERVE_PART);
        this.measured = measure();
    }

    /** A disk that cannot say how much is free is taken for one with room: the write itself will find out. */
    static FreeSpace of(Path folder) {
        return new FreeSpace(
                folder.toString(), ask(folder, FileStore::getTotalSpace), () -> ask(folder, FileStore::getUsableSpace));
    }

    private interface Question {
        long of(FileStore store) throws IOException;
    }

    private static long ask(Path folder, Question question) {
        try {
            return question.of(Files.getFileStore(folder));
        } catch (IOException e) {
            LOG.warn("cannot tell the space of {}", folder, e);
            return Long.MAX_VALUE;
        }
    }

    /** What must stay free. */
    public long reserveBytes() {
        return reserveBytes;
    }

    /** What was free a moment ago. */
    public long freeBytes() {
        if (System.nanoTime() - measured.nanos() > MAX_AGE_NANOS) {
            measured = measure();
        }
        return measured.bytes();
    }

    /** Whether nothing may be added that is not needed. */
    public boolean isLow() {
        return freeBytes() < reserveBytes;
    }

    /** What is wrong, for people; empty while there is room. */
    public String shortage() {
        long free = freeBytes();
        return free >= reserveBytes
                ? ""
                : (free >> 20) + " MiB of the disk of " + folder + " are free; below " + (reserveBytes >> 20)
                        + " MiB upserts are refused and no index is built";
    }

    /**
     * Does nothing where there is room, or nothing is to be added.
     *
     * @throws Overload telling how much is free and how much must be
     */
    void require(RequestOperations operations) {
        if (isLow() && operations.getOperationsList().stream().anyMatch(operation -> !operation.hasDelete())) {
            throw new Overload(
                    (freeBytes() >> 20) + " MiB of the disk of " + folder + " are free; below " + (reserveBytes >> 20)
                            + " MiB only deletes are taken",
                    RETRY_DELAY);
        }
    }

    private Measured measure() {
        return new Measured(disk.getAsLong(), System.nanoTime());
    }
}
