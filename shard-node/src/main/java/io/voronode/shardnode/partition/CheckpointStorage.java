package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one replica: RocksDB checkpoints, each in a folder {@code snapshot-TERM-INDEX} of Ratis' state machine directory.
 * A folder gets its name when it is complete. Folders that Ratis installed carry {@code .md5} files until they have been
 * verified and synced, because Ratis syncs neither. The apply thread changes it; Ratis' appenders read the latest.
 */
final class CheckpointStorage implements StateMachineStorage {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStorage.class);
    private static final Pattern NAME = Pattern.compile("snapshot-(\\d+)-(\\d+)");
    private static final String MD5 = ".md5";
    /** A snapshot that a follower is installing must not vanish; but disk space is bounded too. */
    private static final Duration MIN_AGE = Duration.ofMinutes(15);

    private static final int MAX_KEPT = 8;

    private @Nullable Path folder;
    private @Nullable InstallFolders installs;
    private volatile @Nullable SnapshotInfo latest;

    /** One snapshot on disk. */
    record Checkpoint(Path folder, long term, long index) {}

    @Override
    public void init(RaftStorage storage) throws IOException {
        installs = new InstallFolders(storage.getStorageDir().getRoot().toPath());
        installs.restore();
        folder = storage.getStorageDir().getStateMachineDir().toPath();
        Files.createDirectories(folder);
        for (Path path : FolderFiles.list(folder)) {
            if (path.getFileName().toString().startsWith("taking-")) {
                FolderFiles.delete(path);
            }
        }
        refresh();
    }

    /** Verifies and syncs what was installed, and looks for the latest snapshot again. */
    void refresh() throws IOException {
        for (Checkpoint checkpoint : checkpoints()) {
            if (!settle(checkpoint.folder())) {
                LOG.warn("snapshot {} was not installed completely; it is deleted", checkpoint.folder());
                FolderFiles.delete(checkpoint.folder());
            }
        }
        Checkpoint newest = newest();
        latest = newest == null ? null : info(newest);
    }

    /** What installs have brought so far, also those that broke off. */
    List<Path> received() {
        try {
            return installs == null ? List.of() : installs.received();
        } catch (IOException e) {
            LOG.warn("what installs brought to {} cannot be listed", installs, e);
            return List.of();
        }
    }

    /** After an install: what others left that broke off before it. The next one may be on its way already. */
    static void clearInstalls(List<Path> receivedBefore) {
        try {
            InstallFolders.clear(receivedBefore);
        } catch (IOException e) {
            LOG.warn("what is left of broken-off installs in {} could not be deleted", receivedBefore, e);
        }
    }

    private static boolean settle(Path checkpoint) throws IOException {
        List<Path> sums = FolderFiles.list(checkpoint).stream()
                .filter(path -> path.toString().endsWith(MD5))
                .toList();
        if (sums.isEmpty()) {
            return true;
        }
        for (Path sum : sums) {
            String name = sum.toString();
            Path file = Path.of(name.substring(0, name.length() - MD5.length()));
            if (!MD5FileUtil.computeMd5ForFile(file.toFile()).equals(MD5FileUtil.readStoredMd5ForFile(file.toFile()))) {
                return false;
            }
        }
        FolderFiles.sync(checkpoint);
        for (Path sum : sums) {
            Files.delete(sum);
        }
        FolderFiles.syncOne(checkpoint);
        FolderFiles.syncOne(Objects.requireNonNull(checkpoint.getParent()));
        return true;
    }

    /** Takes a snapshot of the store, which is at this position. Does nothing when there is one already. */
    void take(RowStore store, long term, long index) throws IOException {
        Path target = folder().resolve("snapshot-" + term + "-" + index);
        if (!Files.exists(target)) {
            Path temporary = folder().resolve("taking-" + term + "-" + index);
            FolderFiles.delete(temporary);
            store.checkpoint(temporary);
            FolderFiles.sync(temporary);
            FolderFiles.rename(temporary, target);
        }
        latest = info(new Checkpoint(target, term, index));
    }

    private static SnapshotInfo info(Checkpoint checkpoint) throws IOException {
        List<FileInfo> files = new ArrayList<>();
        for (Path file : FolderFiles.list(checkpoint.folder())) {
            files.add(new FileInfo(file, null));
        }
        return new FileListSnapshotInfo(files, TermIndex.valueOf(checkpoint.term(), checkpoint.index()));
    }

    @Nullable
    Checkpoint newest() throws IOException {
        return checkpoints().stream()
                .max(Comparator.comparingLong(Checkpoint::index))
                .orElse(null);
    }

    /** −1: there is none. */
    long newestIndex() throws IOException {
        Checkpoint newest = newest();
        return newest == null ? -1 : newest.index();
    }

    private List<Checkpoint> checkpoints() throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (Path path : FolderFiles.list(folder())) {
            Matcher matcher = NAME.matcher(path.getFileName().toString());
            if (matcher.matches()) {
                found.add(new Checkpoint(path, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
            }
        }
        return found;
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return latest;
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        List<Checkpoint> newestFirst = checkpoints().stream()
                .sorted(Comparator.comparingLong(Checkpoint::index).reversed())
                .toList();
        Instant oldEnough = Clock.systemUTC().instant().minus(MIN_AGE);
        for (int i = Math.max(1, policy.getNumSnapshotsRetained()); i < newestFirst.size(); i++) {
            Path old = newestFirst.get(i).folder();
            if (i >= MAX_KEPT || Files.getLastModifiedTime(old).toInstant().isBefore(oldEnough)) {
                FolderFiles.delete(old);
            }
        }
    }

    @Override
    public void format() {}

    private Path folder() {
        if (folder == null) {
            throw new VoronodeException.Bug("snapshots were used before the Raft storage was opened", null);
        }
        return folder;
    }
}
