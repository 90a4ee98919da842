package io.voronode.shardnode.partition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the votes of one replica durable. Ratis syncs the file that holds them and renames it into place, but does not sync the folder: a
 * power cut could take a vote back that others count on. That cannot be done before the vote is told, but soon after. Used by one thread at
 * a time.
 */
final class VoteSync {
    private @Nullable Version synced;

    /** Tells a file from the one that was there before under its name. */
    private record Version(@Nullable Object key, FileTime modified) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.fileKey(), attributes.lastModifiedTime());
        }
    }

    /** Syncs the folder if the votes in it have changed. */
    void sync(Path logFolder) throws IOException {
        Version present = Version.of(Votes.file(logFolder));
        if (!Objects.equals(present, synced)) {
            FolderFiles.syncOne(logFolder);
            synced = present;
        }
    }
}
