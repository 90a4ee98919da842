package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the segment files of a Raft log before Ratis opens it, because Ratis takes a log that lost its end for a shorter one, waits in
 * silence for entries that are missing at its beginning, and does not open one whose last entries were torn by a power cut. Nothing is
 * changed before all has been looked at. The last segment may be shorter than its name says, if it ends with a whole entry: Ratis cuts off what a
 * new leader replaces, and gives it its new name then. Whether more is missing tell the mark and the store.
 */
final class FoundLog {
    private static final Logger LOG = LoggerFactory.getLogger(FoundLog.class);

    private final Path folder;
    private final List<LogSegmentFile> segments;
    private final List<LogSegmentFile> obsolete;
    private final long snapshot;
    private final long lastIndex;
    private final long lastTerm;
    private final OptionalLong torn;

    private FoundLog(
            Path folder,
            List<LogSegmentFile> segments,
            List<LogSegmentFile> obsolete,
            long snapshot,
            LogSegmentFile.Contents end) {
        this.folder = folder;
        this.segments = segments;
        this.obsolete = obsolete;
        this.snapshot = snapshot;
        this.lastIndex = end.lastIndex();
        this.lastTerm = end.lastTerm();
        this.torn = end.torn();
    }

    /**
     * Reads all segments.
     *
     * @param folder where Ratis keeps them
     * @param snapshot the index of the newest snapshot; −1: there is none
     * @throws VoronodeException.Corruption if a segment is damaged or missing, torn last entries excepted
     */
    static FoundLog read(Path folder, long snapshot) throws IOException {
        List<LogSegmentFile> all = LogFolder.segments(folder);
        List<LogSegmentFile> connected = connected(all);
        List<LogSegmentFile> obsolete = all.subList(0, all.size() - connected.size());
        if (!connected.isEmpty()) {
            requireReachable(folder, connected.getFirst().first(), snapshot);
        }
        LogSegmentFile.Contents end = new LogSegmentFile.Contents(-1, 0, OptionalLong.empty());
        for (LogSegmentFile segment : connected) {
            if (segment.last().isEmpty() && !segment.equals(connected.getLast())) {
                throw new VoronodeException.Corruption(
                        "log segment " + segment.file() + " is open and not the last", null);
            }
            LogSegmentFile.Contents found = segment.scan();
            if (segment.shouldEndBehind(found.lastIndex()) && !segment.equals(connected.getLast())) {
                throw new VoronodeException.Corruption(
                        "log segment " + segment.file() + " is damaged: it ends at " + found.lastIndex(), null);
            }
            end = found.behind(end);
        }
        return new FoundLog(folder, connected, obsolete, snapshot, end);
    }

    /** Those behind the last gap. Ratis deletes segments that a snapshot contains from the newest on, so a crash can leave the oldest. */
    private static List<LogSegmentFile> connected(List<LogSegmentFile> segments) {
        int from = segments.size();
        while (from > 0 && (from == segments.size() || continues(segments.get(from - 1), segments.get(from)))) {
            from--;
        }
        return new ArrayList<>(segments.subList(from, segments.size()));
    }

    private static boolean continues(LogSegmentFile segment, LogSegmentFile next) {
        // One that is open and not the last is reported, not passed over.
        return segment.last().isEmpty() || segment.last().getAsLong() + 1 == next.first();
    }

    private static void requireReachable(Path folder, long first, long snapshot) {
        if (first > snapshot + 1) {
            throw new VoronodeException.Corruption(
                    "the Raft log in " + folder + " begins at " + first
                            + " and no snapshot contains what was before; the newest one is at " + snapshot,
                    null);
        }
    }

    /** The last entry that is on the disk, in the log or in the snapshot; −1: there is none. */
    static long lastIndex(Path folder, long snapshot) throws IOException {
        List<LogSegmentFile> all = LogFolder.segments(folder);
        return all.isEmpty()
                ? snapshot
                : Math.max(snapshot, all.getLast().scan().lastIndex());
    }

    /**
     * Fails if entries are missing at the end.
     *
     * @param known an index that was on this disk, or that was committed: no leader may have replaced it
     * @param how what knows it
     */
    void requireReaches(long known, String how) {
        long reached = Math.max(lastIndex, snapshot);
        if (reached < known) {
            throw new VoronodeException.Corruption(
                    "the Raft log in " + folder + " ends at " + reached + ", but " + how + " is at " + known, null);
        }
    }

    /** The term of the last entry; 0: there is none. */
    long lastTerm() {
        return lastTerm;
    }

    /** Leaves what Ratis opens: without what was torn, and without segments that a crash kept from being deleted. */
    void settle() throws IOException {
        for (LogSegmentFile segment : obsolete) {
            LOG.info("log segment {} is contained in the snapshot at {}: deleted", segment.file(), snapshot);
            Files.delete(segment.file());
        }
        if (torn.isPresent()) {
            cut(segments.getLast().file(), torn.getAsLong());
        }
        if (!segments.isEmpty() && segments.getLast().shouldEndBehind(lastIndex)) {
            rename(segments.getLast());
        }
    }

    private void rename(LogSegmentFile segment) throws IOException {
        LOG.warn("log segment {} ends at {}, for a crash broke its truncation off: renamed", segment.file(), lastIndex);
        FolderFiles.rename(segment.file(), segment.file().resolveSibling(segment.nameUpTo(lastIndex)));
    }

    private void cut(Path file, long length) throws IOException {
        LOG.warn(
                "log segment {}: what is behind {} was torn, from offset {}, before it was acknowledged; it is cut off",
                file,
                lastIndex,
                length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.force(true);
        }
    }
}
