package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.CheckpointStorage.Checkpoint;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/** Looks at the segment files of a Raft log without opening it. */
final class LogFolder {
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

    private LogFolder() {}

    /**
     * Ratis would wait for ever and in silence for entries between the snapshot and the log's first one.
     *
     * @throws VoronodeException.Corruption if there are such
     */
    static void requireReachable(RaftStorage storage, @Nullable Checkpoint newest) throws IOException {
        Path folder = storage.getStorageDir().getCurrentDir().toPath();
        OptionalLong first = FolderFiles.list(folder).stream()
                .map(path -> SEGMENT.matcher(path.getFileName().toString()))
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                .min();
        long contained = newest == null ? -1 : newest.index();
        if (first.isPresent() && first.getAsLong() > contained + 1) {
            throw new VoronodeException.Corruption(
                    "the Raft log in " + folder + " begins at " + first.getAsLong()
                            + " and no snapshot contains what was before; the newest one is at " + contained,
                    null);
        }
    }
}
