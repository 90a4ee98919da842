package io.voronode.systemtests;

import io.voronode.proto.internal.v1.PartitionTarget;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a shard node's partitions, for tests that damage them while the node is down.
 *
 * @param data the folder that holds {@code partitions} and {@code raft}
 */
public record NodeFiles(Path data) {
    private static final String LOG_HEADER = "RaftLog1";

    /** Finds them below the folder that a process was given. */
    public static NodeFiles of(Path folder) {
        Path target = walk(folder).stream()
                .filter(file -> file.getFileName().toString().equals("target"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no partition under " + folder));
        // DATA/partitions/P/target
        return new NodeFiles(folder.getFileSystem().getPath("/").resolve(target.subpath(0, target.getNameCount() - 3)));
    }

    /** In the first block, which holds rows. */
    public void flipInEveryTable(int partition) {
        walk(data.resolve("partitions").resolve(Integer.toString(partition)).resolve("store")).stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .forEach(table -> flip(table, 10));
    }

    /** In the file that says which tables there are. */
    public void flipInTheManifest(int partition) {
        Path manifest = walk(data.resolve("partitions")
                        .resolve(Integer.toString(partition))
                        .resolve("store"))
                .stream()
                .filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no manifest of partition " + partition));
        flip(manifest, manifest.toFile().length() / 2);
    }

    /**
     * In the middle of one file of each index, each time of another kind.
     *
     * @return the kinds
     */
    public List<String> flipInEveryIndex() {
        Map<Path, List<Path>> indexes = walk(data.resolve("shards")).stream()
                .filter(file -> file.toFile().length() > 0 && !file.endsWith("write.lock"))
                .sorted()
                .collect(Collectors.groupingBy(
                        file -> Objects.requireNonNull(file.getParent()), TreeMap::new, Collectors.toList()));
        Set<String> kinds = new TreeSet<>();
        for (List<Path> files : indexes.values()) {
            Path file = files.stream()
                    .filter(one -> !kinds.contains(kind(one)))
                    .findFirst()
                    .orElse(files.getFirst());
            kinds.add(kind(file));
            flip(file, file.toFile().length() / 2);
        }
        return List.copyOf(kinds);
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("segments") ? "segments" : name.substring(name.lastIndexOf('.') + 1);
    }

    /** Answers how many there are. */
    public int flipInEveryCellMap() {
        List<Path> maps = walk(data).stream()
                .filter(file -> file.toString().endsWith(".cells"))
                .toList();
        maps.forEach(map -> flip(map, map.toFile().length() / 2));
        return maps.size();
    }

    /** Leaves the first bytes of an entry behind the last one, as a crash does in the midst of a write. */
    public void tearTheLog(int partition) {
        Path segment = segments(partition).stream()
                .filter(file -> file.toString().contains("log_inprogress_"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no log of partition " + partition + " is open"));
        try (RandomAccessFile bytes = new RandomAccessFile(segment.toFile(), "rw")) {
            bytes.seek(endOfEntries(Files.readAllBytes(segment)));
            bytes.write(100);
            bytes.write(new byte[] {10, 20, 30, 40, 50});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An entry is its length as a varint, the bytes, and four of a checksum. */
    private static int endOfEntries(byte[] segment) {
        int end = LOG_HEADER.length();
        while (end < segment.length && segment[end] != 0) {
            int length = 0;
            int shift = 0;
            int at = end;
            do {
                length |= (segment[at] & 0x7f) << shift;
                shift += 7;
            } while (segment[at++] < 0);
            end = at + length + Integer.BYTES;
        }
        return end;
    }

    /** In the middle of the entries of the largest segment, which is returned. */
    public Path flipInTheLog(int partition) {
        Path segment = segments(partition).stream()
                .max(Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow(() -> new AssertionError("partition " + partition + " has no log"));
        flip(segment, usedBytes(segment) / 2);
        return segment;
    }

    private List<Path> segments(int partition) {
        return walk(data.resolve("raft").resolve(groupUuid(partition))).stream()
                .filter(file -> file.getFileName().toString().matches("log_(inprogress_)?\\d+(-\\d+)?"))
                .toList();
    }

    /** Without the zeros that were allocated for entries to come, which mean nothing in a segment that is closed. */
    private static long usedBytes(Path segment) {
        try {
            byte[] bytes = Files.readAllBytes(segment);
            int used = bytes.length;
            while (used > 0 && bytes[used - 1] == 0) {
                used--;
            }
            return used;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String groupUuid(int partition) {
        try {
            Path file = data.resolve("partitions")
                    .resolve(Integer.toString(partition))
                    .resolve("target");
            ByteBuffer uuid = PartitionTarget.parseFrom(Files.readAllBytes(file))
                    .getGroupUuid()
                    .asReadOnlyByteBuffer();
            return new UUID(uuid.getLong(), uuid.getLong()).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The partitions of which damaged files are kept. */
    public Set<Integer> quarantined() {
        Path quarantine = data.resolve("quarantine");
        if (!Files.exists(quarantine)) {
            return Set.of();
        }
        try (Stream<Path> folders = Files.list(quarantine)) {
            return folders.map(folder -> Integer.valueOf(folder.getFileName().toString()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many damaged indexes are kept. */
    public long quarantinedIndexes() {
        Path quarantine = data.resolve("shards-quarantine");
        try (Stream<Path> folders = Files.exists(quarantine) ? Files.list(quarantine) : Stream.of()) {
            return folders.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As an administrator may. */
    public void emptyQuarantine() {
        delete(data.resolve("quarantine"));
        delete(data.resolve("shards-quarantine"));
    }

    private static void flip(Path file, long offset) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int value = bytes.read();
            bytes.seek(offset);
            bytes.write(value ^ 0x10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder with all that is in it. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
