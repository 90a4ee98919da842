package io.voronode.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.voronode.cli.CliException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
    @TempDir
    Path temp;

    @Test
    void marksANewFolderAndOpensItAgain() throws IOException {
        Path data = temp.resolve("a").resolve("data");
        int port;
        try (DataFolder folder = DataFolder.open(data)) {
            port = folder.raftPort(1);
        }

        assertThat(Files.readString(data.resolve("FORMAT"))).isEqualTo("voronode-data 1\n");
        try (DataFolder folder = DataFolder.open(data)) {
            assertThat(folder.raftPort(1)).isEqualTo(port);
        }
    }

    @Test
    void givesEveryNodeARaftPortAndKnowsHowManyThereWere() {
        try (DataFolder folder = DataFolder.open(temp)) {
            assertThat(folder.nodes()).isZero();
            int first = folder.raftPort(1);
            int second = folder.raftPort(2);
            assertThat(second).isGreaterThan(first);
            assertThat(folder.nodes()).isEqualTo(2);
            assertThat(folder.raftPort(2)).isEqualTo(second);
        }
    }

    @Test
    void refusesAFolderInUse() {
        try (DataFolder folder = DataFolder.open(temp)) {
            assertThatThrownBy(() -> DataFolder.open(folder.path()))
                    .isInstanceOf(CliException.class)
                    .hasMessage("folder " + temp + " is in use by another voronode process (pid "
                            + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void saysOfAFolderThatCannotBeMadeThatItCannot() {
        Path impossible = Path.of("/proc/voronode");
        assumeThat(Path.of("/proc"))
                .as("a file system where nobody can make a folder")
                .isDirectory();

        assertThatThrownBy(() -> DataFolder.open(impossible))
                .isInstanceOf(CliException.class)
                .hasMessage("cannot use folder /proc/voronode: it cannot be made");
    }

    @Test
    void refusesANewerFormat() throws IOException {
        Files.writeString(temp.resolve("FORMAT"), "voronode-data 2\n");

        assertThatThrownBy(() -> DataFolder.open(temp))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("has data format 2; this voronode knows only 1");
    }

    @Test
    void refusesADamagedFormat() throws IOException {
        Files.writeString(temp.resolve("FORMAT"), "hello\n");

        assertThatThrownBy(() -> DataFolder.open(temp))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("damaged FORMAT file: \"hello\"");
    }

    @Test
    void doesNotTouchAFolderOfSomethingElse() throws IOException {
        Files.writeString(temp.resolve("thesis.tex"), "…");

        assertThatThrownBy(() -> DataFolder.open(temp))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("holds other files");
        assertThat(temp).isDirectoryContaining("glob:**thesis.tex");
        try (var entries = Files.list(temp)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void refusesAFileInPlaceOfAFolder() throws IOException {
        Path file = Files.writeString(temp.resolve("data"), "");

        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("cannot use folder " + file);
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree("127.0.0.1", port, "choose another with --port"))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("port " + port + " on 127.0.0.1 cannot be used")
                    .hasMessageEndingWith("choose another with --port");
            assertThat(Ports.firstFree(port)).isGreaterThan(port);
        }
    }
}
