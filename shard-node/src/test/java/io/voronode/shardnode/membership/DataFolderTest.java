package io.voronode.shardnode.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
    @TempDir
    private Path temporary;

    @Test
    void aFolderIsMadeAndKeepsItsFormat() throws Exception {
        Path folder = temporary.resolve("a/b");

        DataFolder.open(folder).close();

        assertThat(folder.resolve("FORMAT")).hasContent("1\n");
        DataFolder.open(folder).close();
    }

    @Test
    void aSecondUserOfAFolderIsRefused() throws Exception {
        try (DataFolder first = DataFolder.open(temporary)) {
            assertThatThrownBy(() -> DataFolder.open(first.path()))
                    .isInstanceOf(VoronodeException.Unavailable.class)
                    .hasMessage("another Voronode process uses the data folder " + temporary);
        }
        DataFolder.open(temporary).close();
    }

    @Test
    void aFolderOfANewerFormatIsRefused() throws Exception {
        Files.writeString(temporary.resolve("FORMAT"), "2\n", StandardCharsets.UTF_8);

        assertThatThrownBy(() -> DataFolder.open(temporary))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessage("the data folder " + temporary + " has format 2, this program knows only format 1");
    }

    @Test
    void aDamagedFormatIsRefused() throws Exception {
        Files.writeString(temporary.resolve("FORMAT"), "x", StandardCharsets.UTF_8);

        assertThatThrownBy(() -> DataFolder.open(temporary)).isInstanceOf(VoronodeException.Corruption.class);
    }

    @Test
    void aPathThatCannotBeAFolderIsRefusedInOneSentence() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
                .isInstanceOf(VoronodeException.Unavailable.class)
                .hasMessageStartingWith("cannot write the data folder " + file.resolve("data") + ": ");
    }
}
