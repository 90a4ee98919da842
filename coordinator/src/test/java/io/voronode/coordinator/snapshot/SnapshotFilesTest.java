package io.voronode.coordinator.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.proto.internal.v1.SnapshotManifest;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotFilesTest {
    private static final SnapshotExport.Listener NOBODY = (step, done, total) -> {};

    @TempDir
    private Path temp;

    private SnapshotRoot root() {
        return new SnapshotRoot(temp.resolve("snapshots"), "coordinator-1");
    }

    private static Row row(int number) {
        return Row.newBuilder()
                .setKey("key-" + number)
                .setVersion(number)
                .setPayload("{\"n\":" + number + "}")
                .build();
    }

    /** A snapshot of 100 rows in files of about ten. */
    private Path write(SnapshotRoot root, String name) throws IOException {
        Path folder = root.begin(name);
        List<SnapshotFile> files;
        try (RowFileWriter writer = new RowFileWriter(folder, 3, 200)) {
            for (int i = 0; i < 100; i++) {
                writer.add(row(i));
            }
            files = writer.finish();
        }
        SnapshotFiles.writeManifest(
                folder,
                SnapshotManifest.newBuilder()
                        .setFormat(SnapshotFiles.FORMAT)
                        .setName(name)
                        .setRecords(100)
                        .addAllFiles(files)
                        .build());
        root.publish(folder, name);
        return temp.resolve("snapshots").resolve(name);
    }

    @Test
    void whatWasWrittenIsReadInItsOrder() throws IOException {
        SnapshotRoot root = root();
        write(root, "monday");

        SnapshotSource source = SnapshotSource.open(root, "monday");
        source.requireUndamaged(NOBODY);
        List<Row> rows = new ArrayList<>();
        source.read(7, 1 << 20, rows::addAll);

        assertThat(rows)
                .isEqualTo(
                        IntStream.range(0, 100).mapToObj(SnapshotFilesTest::row).toList());
        assertThat(source.manifest().getFilesCount()).isGreaterThan(5);
        assertThat(root.names()).containsExactly("monday");
    }

    @Test
    void oneFlippedBitInAnyFileIsFoundAndTheFileNamed() throws IOException {
        SnapshotRoot root = root();
        Path folder = write(root, "monday");
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.toList();
        }
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            byte[] flipped = content.clone();
            flipped[content.length / 2] ^= 1;
            Files.write(file, flipped);
            String name = file.getFileName().toString();

            assertThatThrownBy(() -> SnapshotSource.open(root, "monday").requireUndamaged(NOBODY))
                    .as(name)
                    .isInstanceOf(Corruption.class)
                    .hasMessageContaining(name.startsWith("manifest") ? "manifest" : name);
            Files.write(file, content);
        }
        SnapshotSource.open(root, "monday").requireUndamaged(NOBODY);
    }

    @Test
    void aMissingOrCutOrLinkedFileIsRefused() throws IOException {
        SnapshotRoot root = root();
        Path folder = write(root, "monday");
        Path file = folder.resolve("rows-3-1.bin");
        byte[] content = Files.readAllBytes(file);

        Files.write(file, List.of());
        requireRefused(root, "rows-3-1.bin has 0 bytes");
        Files.delete(file);
        requireRefused(root, "rows-3-1.bin is missing");
        Path elsewhere = Files.write(temp.resolve("elsewhere"), content);
        Files.createSymbolicLink(file, elsewhere);
        requireRefused(root, "rows-3-1.bin is missing, or is not a file");
    }

    private static void requireRefused(SnapshotRoot root, String message) {
        assertThatThrownBy(() -> SnapshotSource.open(root, "monday").requireUndamaged(NOBODY))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining(message);
    }

    @Test
    void aManifestThatNamesAFileElsewhereIsRefused() throws IOException {
        SnapshotRoot root = root();
        Path folder = root.begin("monday");
        Files.writeString(temp.resolve("snapshots").resolve("secret"), "secret");
        SnapshotFiles.writeManifest(
                folder,
                SnapshotManifest.newBuilder()
                        .setFormat(SnapshotFiles.FORMAT)
                        .addFiles(SnapshotFile.newBuilder().setName("../secret"))
                        .build());
        root.publish(folder, "monday");

        requireRefused(root, "names a file \"../secret\"");
    }

    @Test
    void aManifestOfALaterFormatIsRefused() throws IOException {
        SnapshotRoot root = root();
        Path folder = root.begin("monday");
        SnapshotFiles.writeManifest(
                folder, SnapshotManifest.newBuilder().setFormat(2).build());
        root.publish(folder, "monday");

        assertThatThrownBy(() -> SnapshotSource.open(root, "monday"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("is of format 2; this version reads format 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../monday", "a/b", "/etc", "Monday", ".hidden", "a\0b", "a\nb"})
    void aNameThatCouldBeAPathIsRefused(String name) {
        SnapshotRoot root = root();

        assertThatThrownBy(() -> root.begin(name)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> SnapshotSource.open(root, name)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> root.delete(name)).isInstanceOf(BadInput.class);
        assertThat(temp.resolve("snapshots")).doesNotExist();
    }

    @Test
    void aLinkInTheRootIsNoSnapshot() throws IOException {
        SnapshotRoot root = root();
        Path folder = write(root, "monday");
        Path elsewhere = temp.resolve("elsewhere");
        Files.move(folder, elsewhere);
        Files.createSymbolicLink(folder, elsewhere);

        assertThat(root.names()).isEmpty();
        assertThatThrownBy(() -> SnapshotSource.open(root, "monday")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> root.delete("monday")).isInstanceOf(NotFound.class);
        assertThat(elsewhere).isNotEmptyDirectory();
    }

    @Test
    void aNameIsTakenOnce() throws IOException {
        SnapshotRoot root = root();
        Path late = root.begin("monday");
        write(root, "monday");

        assertThatThrownBy(() -> root.begin("monday")).isInstanceOf(AlreadyExists.class);
        assertThatThrownBy(() -> root.publish(late, "monday")).isInstanceOf(AlreadyExists.class);
    }

    @Test
    void whatWasNotFinishedIsNotSeenAndGoesAtTheNextStartOfItsCoordinator() throws IOException {
        SnapshotRoot root = root();
        Path half = root.begin("monday");
        Files.writeString(half.resolve("rows-0-0.bin"), "half");
        write(root, "tuesday");

        assertThat(root.names()).containsExactly("tuesday");
        assertThat(new SnapshotRoot(temp.resolve("snapshots"), "coordinator-2").names())
                .containsExactly("tuesday");
        assertThat(half).as("another coordinator may be writing it").exists();

        assertThat(root().names()).containsExactly("tuesday");
        assertThat(half).doesNotExist();
    }

    @Test
    void whatIsDeletedIsGone() throws IOException {
        SnapshotRoot root = root();
        write(root, "monday");

        root.delete("monday");

        assertThat(temp.resolve("snapshots")).isEmptyDirectory();
        assertThatThrownBy(() -> root.delete("monday")).isInstanceOf(NotFound.class);
    }
}
