package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.CheckpointStorage.Checkpoint;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.StoreResources;
import io.voronode.shardnode.partition.store.StoreScrub;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the row store of a replica, outside Ratis' directories because a snapshot install deletes the whole of those. A store that does
 * not open, or that is behind the newest checkpoint, is moved aside and replaced from that checkpoint: the log may no
 * longer reach back to where the store is. A checkpoint shares its large files with the store, damage included, so one that takes the place
 * of a damaged store, or that came from another node, is read as a whole first.
 */
final class LiveStore {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStore.class);

    private final Path folder;
    private final StoreResources resources;
    private final Consumer<VoronodeException.Corruption> onDamage;

    LiveStore(Path folder, StoreResources resources, Consumer<VoronodeException.Corruption> onDamage) {
        this.folder = folder;
        this.resources = resources;
        this.onDamage = onDamage;
    }

    /** Opens it, or what takes its place. */
    RowStore open(@Nullable Checkpoint newest) throws IOException {
        RowStore store;
        try {
            store = openFile();
        } catch (VoronodeException.Corruption e) {
            return restore(newest, e);
        }
        long index = indexOrClose(store);
        if (newest == null || index >= newest.index()) {
            return store;
        }
        LOG.info("row store {} is at {}, behind snapshot {}: replaced", folder, index, newest);
        store.close();
        place(newest);
        return openFile();
    }

    private RowStore openFile() {
        return RowStore.open(folder, resources, onDamage);
    }

    /** The damaged store stays where it is while there is nothing whole to take its place. */
    private RowStore restore(@Nullable Checkpoint newest, VoronodeException.Corruption damage) throws IOException {
        if (newest == null) {
            throw damage;
        }
        requireWhole(newest, damage);
        LOG.error("row store {} is damaged; it is moved aside and replaced from {}", folder, newest, damage);
        Path aside = folder.resolveSibling(folder.getFileName() + "-damaged");
        FolderFiles.delete(aside);
        FolderFiles.rename(folder, aside);
        place(newest);
        return openFile();
    }

    private void requireWhole(Checkpoint checkpoint, VoronodeException.Corruption damage) throws IOException {
        Path trial = folder.resolveSibling(folder.getFileName() + "-trial");
        FolderFiles.delete(trial);
        link(checkpoint.folder(), trial);
        try (RowStore store = RowStore.open(trial, resources, ignored -> {})) {
            StoreScrub.readAll(store);
        } catch (VoronodeException.Corruption e) {
            damage.addSuppressed(e);
            throw damage;
        } finally {
            FolderFiles.delete(trial);
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

    /**
     * Replaces the closed store with a copy of a checkpoint that a leader sent.
     *
     * @throws VoronodeException.Corruption if it came damaged
     */
    RowStore install(Checkpoint checkpoint) throws IOException {
        place(checkpoint);
        RowStore store = openFile();
        try {
            StoreScrub.readAll(store);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void place(Checkpoint checkpoint) throws IOException {
        Path temporary = folder.resolveSibling(folder.getFileName() + "-new");
        FolderFiles.delete(temporary);
        link(checkpoint.folder(), temporary);
        FolderFiles.delete(folder);
        FolderFiles.rename(temporary, folder);
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
