package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.CollectionSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition that is held once, whose log is not found as it was left. */
@Tag("slow")
class DamagedLogTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};

    @TempDir
    private Path folder;

    @Test
    void opensALogWhoseLastEntryWasTornByAPowerCut() throws IOException {
        try (TestNode node = filled(20)) {
            node.stop();
            Path open = LogFiles.of(folder).getLast();
            byte[] torn = LogFiles.entry(1_000, 500);
            Files.write(open, LogFiles.join(LogFiles.first(torn, 300), new byte[8_192]), StandardOpenOption.APPEND);

            node.startAgain();
            node.awaitLeader(0);

            assertThat(rows(node)).isEqualTo(20);
            put(node, 20, 25);
            node.restart();
            node.awaitLeader(0);
            assertThat(rows(node)).isEqualTo(25);
        }
    }

    @Test
    void remembersHowFarTheLogReachesWhileItRuns() throws IOException {
        try (TestNode node = filled(20)) {
            LogMark mark = new LogMark(new GroupFiles(folder).logMark(0));
            TestNode.await(
                    "a mark", () -> read(mark) >= node.status(0).getPosition().getIndex());
            assertThat(Objects.requireNonNull(node.host().counters().get(0)).snapshots())
                    .isZero();
        }
    }

    private static long read(LogMark mark) {
        try {
            return mark.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesALogWhoseEndIsGoneWhileTheStoreIsBehindIt() throws IOException {
        try (TestNode node = filled(20)) {
            node.stop();
            // The store and its snapshots go back to the beginning; only the mark knows how far the log reached.
            FolderFiles.delete(folder.resolve("partitions").resolve("0").resolve("store"));
            deleteSnapshots();
            Path open = LogFiles.of(folder).getLast();
            cutLastEntry(open);

            node.startAgain();

            assertThat(node.status(0).getFailure())
                    .contains(String.valueOf(open.getParent()))
                    .contains("what was on this disk is at");
        }
    }

    @Test
    void refusesALogThatIsShorterThanItsStore() throws IOException {
        try (TestNode node = filled(20)) {
            node.stop();
            Files.delete(folder.resolve("partitions").resolve("0").resolve("log-end"));
            deleteSnapshots();
            Path open = LogFiles.of(folder).getLast();
            cutLastEntry(open);

            node.startAgain();

            assertThat(node.status(0).getFailure()).contains("its row store is at");
        }
    }

    @Test
    void refusesALogWithAFlippedByteAndNamesFileAndOffset() throws IOException {
        try (TestNode node = filled(20)) {
            node.stop();
            Path open = LogFiles.of(folder).getLast();
            LogFiles.flip(open, Files.size(open) / 2);

            node.startAgain();

            assertThat(node.status(0).getFailure()).contains(open.toString()).contains("at offset");
        }
    }

    private TestNode filled(int rows) {
        TestNode node = TestNode.withDefaults(folder);
        node.formAlone(0);
        node.rows().control(control(0, createCollection(SPEC, 1)));
        put(node, 0, rows);
        return node;
    }

    private static void put(TestNode node, int from, int to) {
        for (int i = from; i < to; i++) {
            node.rows().write(write(0, operations(SPEC, upsert(0, "k" + i, HERE, stamp(0, 0, 0)))));
        }
    }

    private static long rows(TestNode node) {
        return node.status(0).getCollections(0).getLiveRows();
    }

    private void deleteSnapshots() throws IOException {
        Path raft = folder.resolve("raft");
        for (Path group : FolderFiles.list(raft)) {
            for (Path snapshot : FolderFiles.list(group.resolve("sm"))) {
                FolderFiles.delete(snapshot);
            }
        }
    }

    /** As a file system leaves it that lost the last block. */
    private static void cutLastEntry(Path segment) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(file.length() - 10);
        }
    }
}
