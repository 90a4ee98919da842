package io.voronode.shardnode.partition;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the log of one replica is found as it was left: looks at its files before Ratis does, and remembers how far it reaches. The
 * state machine's threads, under its lock, the keeper's errands, and the one that closes the host.
 */
final class LogGuard {
    private final LogMark mark;
    private final CheckpointStorage checkpoints;
    private @Nullable FoundLog found;
    /** What the mark says while the log is open; −1: it is not. */
    private long marked = -1;
    /** Where the log's files are, once they have been found whole. */
    private volatile @Nullable Path folder;

    LogGuard(LogMark mark, CheckpointStorage checkpoints) {
        this.mark = mark;
        this.checkpoints = checkpoints;
    }

    /** Reads the log. Changes nothing: the store has still to be asked. */
    void read(Path logFolder) throws IOException {
        FoundLog log = FoundLog.read(logFolder, checkpoints.newestIndex());
        require(log, mark.read(), "what was on this disk");
        Votes.read(logFolder).requireTerm(log.lastTerm());
        found = log;
        folder = logFolder;
    }

    /** Leaves what Ratis opens, if it reaches as far as the store; 0: the store is empty. */
    synchronized void settle(long contained) throws IOException {
        FoundLog log = found;
        found = null;
        if (log == null) {
            return;
        }
        require(log, contained, "its row store");
        log.settle();
        // From now on a leader may replace what is not committed.
        mark.write(contained);
        marked = contained;
    }

    /** The first entry has index 0, which also is what an empty store is at. */
    private static void require(FoundLog log, long known, String how) {
        if (known > 0) {
            log.requireReaches(known, how);
        }
    }

    /** What is applied is committed and synced here. Does nothing once the log closes: its files may be moved away then. */
    synchronized void applied(long index) throws IOException {
        if (marked >= 0 && index > marked) {
            mark.write(index);
            marked = index;
        }
    }

    synchronized void closing() {
        marked = -1;
    }

    /** After Ratis has closed the log: it must be found as it is now, for others count on all of it. */
    synchronized void closed() throws IOException {
        Path present = folder;
        if (present != null) {
            mark.write(FoundLog.lastIndex(present, checkpoints.newestIndex()));
        }
    }
}
