package io.voronode.shardnode.partition;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Looks at the segment files of a Raft log without opening it. */
final class LogFolder {
    private LogFolder() {}

    /**
     * One file of a log.
     *
     * @param first index of its first entry
     * @param last index of its last entry; {@link Long#MAX_VALUE} while it is written to
     * @param bytes its length, with what was allocated for entries to come
     */
    record LogFile(long first, long last, long bytes) {
        boolean open() {
            return last == Long.MAX_VALUE;
        }
    }

    /** The segments in the order of their entries. */
    static List<LogSegmentFile> segments(Path folder) throws IOException {
        return FolderFiles.list(folder).stream()
                .flatMap(file -> LogSegmentFile.of(file).stream())
                .sorted(Comparator.comparingLong(LogSegmentFile::first))
                .toList();
    }

    /** The same with their lengths. One that vanishes meanwhile has none. */
    static List<LogFile> files(Path folder) throws IOException {
        return segments(folder).stream()
                .map(segment -> new LogFile(
                        segment.first(),
                        segment.last().orElse(Long.MAX_VALUE),
                        segment.file().toFile().length()))
                .toList();
    }

    static long bytes(List<LogFile> files) {
        return files.stream().mapToLong(LogFile::bytes).sum();
    }
}
