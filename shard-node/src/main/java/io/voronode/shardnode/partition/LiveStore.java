package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.CheckpointStorage.Checkpoint;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the row store of a replica, outside Ratis' directories because a snapshot install deletes the whole of those. A store that does
 * not open, or that is behind the newest checkpoint, is moved aside and replaced from that checkpoint: the log may no
 * longer reach back to where the store is.
 */
final class LiveStore {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStore.class);

    private final Path folder;
    private final StoreResources resources;

    LiveStore(Path folder, StoreResources resources) {
        this.folder = folder;
        this.resources = resources;
    }

    RowStore open(@Nullable Checkpoint newest) throws IOException {
        RowStore store = openOrNull(newest);
        return store == null ? replace(newest) : store;
    }

    private @Nullable RowStore openOrNull(@Nullable Checkpoint newest) throws IOException {
        try {
            RowStore store = RowStore.open(folder, resources);
            long index = indexOrClose(store);
            if (newest == null || index >= newest.index()) {
                return store;
            }
            LOG.info("row store {} is at {}, behind snapshot {}: replaced", folder, index, newest);
            store.close();
            return null;
        } catch (VoronodeException.Corruption e) {
            LOG.error("row store {} is damaged; it is moved aside and replaced from {}", folder, newest, e);
            moveAside();
            return null;
        }
    }

    /** A store that is not closed keeps its folder locked, and no later attempt can open it. */
    private static long indexOrClose(RowStore store) {
        try (RowView view = store.view()) {
            return view.applied().getIndex();
        } catch (VoronodeException e) {
            store.close();
            throw e;
        }
    }

    private void moveAside() throws IOException {
        Path aside = folder.resolveSibling(folder.getFileName() + "-damaged");
        FolderFiles.delete(aside);
        FolderFiles.rename(folder, aside);
    }

    /** Replaces the closed store with a copy of the checkpoint; with an empty one where there is none, and the log has everything. */
    RowStore replace(@Nullable Checkpoint checkpoint) throws IOException {
        if (checkpoint != null) {
            Path temporary = folder.resolveSibling(folder.getFileName() + "-new");
            FolderFiles.delete(temporary);
            link(checkpoint.folder(), temporary);
            FolderFiles.delete(folder);
            FolderFiles.rename(temporary, folder);
        }
        return RowStore.open(folder, resources);
    }

    /** Tables and blob files never change, so both folders share them; the other files are copied. */
    private static void link(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : FolderFiles.list(from)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".sst") || name.endsWith(".blob")) {
                Files.createLink(to.resolve(name), file);
            } else {
                Files.copy(file, to.resolve(name));
            }
        }
        FolderFiles.sync(to);
    }
}
