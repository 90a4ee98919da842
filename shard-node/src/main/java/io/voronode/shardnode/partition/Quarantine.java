package io.voronode.shardnode.partition;

import com.google.protobuf.InvalidProtocolBufferException;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.StoredDamage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of replicas whose files are damaged or missing. Nothing of them is deleted at once:
 *
 * <ol>
 *   <li>Note: a file says what is damaged and keeps the replica closed, over restarts too. Its log and votes lie where they were: the peer
 *       still is a voter, and must neither vote without its past nor come back blank.
 *   <li>Move aside: once the voters have gone on without it and the target lets it join again, by the {@code rejoin} of the note, log and
 *       store go to {@code quarantine/P}, in place of what was there before. At most one copy of each partition is kept, and its
 *       {@code rejoin} with it: where the blank group could not be formed, that is tried again, and what is left of it is not kept.
 *   <li>Release: the blank group has been formed; the note goes.
 * </ol>
 *
 * A crash in between leaves the note, and the target that names it repeats the rest. Used under the lock of the host or by the keepers' thread.
 */
final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private final GroupFiles files;

    Quarantine(GroupFiles files) {
        this.files = files;
    }

    /** What was noted of a partition; null: nothing. A note that cannot be read keeps the replica closed as well. */
    @Nullable
    StoredDamage damage(int partition) throws IOException {
        Path file = note(partition);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            StoredDamage damage = StoredDamage.parseFrom(Files.readAllBytes(file));
            if (!damage.getRejoin().isEmpty()) {
                return damage;
            }
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("{} cannot be read", file, e);
        }
        StoredDamage unknown = fillable("the replica was damaged, and " + file + ", which says how, is too");
        note(partition, unknown);
        return unknown;
    }

    /** Of a replica that others can fill anew. */
    static StoredDamage fillable(String what) {
        return StoredDamage.newBuilder()
                .setDamage(what)
                .setRejoin(UUID.randomUUID().toString())
                .build();
    }

    /** Keeps the replica from being opened from now on. */
    void note(int partition, StoredDamage damage) throws IOException {
        Files.createDirectories(files.partition(partition));
        FolderFiles.replace(note(partition), damage.toByteArray());
    }

    /** Moves log and store of the closed replica away; again under the same name only what is not there yet. */
    void moveAside(PartitionTarget target, String rejoin) throws IOException {
        int partition = target.getPartition();
        Path aside = files.quarantine().resolve(Integer.toString(partition));
        Path log = files.group(GroupFiles.groupId(target));
        if (Files.exists(log) || Files.exists(files.store(partition))) {
            makeRoom(aside, rejoin);
            move(log, aside.resolve("log"));
            move(files.store(partition), aside.resolve("store"));
            FolderFiles.syncOne(files.raft());
            FolderFiles.syncOne(files.partition(partition));
            LOG.warn("partition {}: its damaged files are kept in {} until the next ones", partition, aside);
        }
        FolderFiles.delete(files.store(partition).resolveSibling("store-damaged"));
        Files.deleteIfExists(files.logMark(partition));
    }

    private static void makeRoom(Path aside, String rejoin) throws IOException {
        Path name = aside.resolve("rejoin");
        if (!Files.exists(name) || !Files.readString(name).equals(rejoin)) {
            FolderFiles.delete(aside);
            Files.createDirectories(aside);
            FolderFiles.replace(name, rejoin.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            FolderFiles.delete(from);
        } else if (Files.exists(from)) {
            FolderFiles.rename(from, to);
        }
    }

    /** The replica is opened again from now on. */
    void release(int partition) throws IOException {
        Files.deleteIfExists(note(partition));
        FolderFiles.syncOne(files.partition(partition));
    }

    /** Bytes of all that is kept. */
    long bytes() {
        try (Stream<Path> kept = Files.exists(files.quarantine()) ? Files.walk(files.quarantine()) : Stream.of()) {
            return kept.map(Path::toFile)
                    .filter(java.io.File::isFile)
                    .mapToLong(java.io.File::length)
                    .sum();
        } catch (IOException e) {
            LOG.debug("{} changes", files.quarantine(), e);
            return 0;
        }
    }

    private Path note(int partition) {
        return files.partition(partition).resolve("damaged");
    }
}
