package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuarantineTest {
    private static final PartitionTarget TARGET = TestNode.target(4, PartitionPeer.getDefaultInstance());

    @TempDir
    private Path folder;

    private GroupFiles files;
    private Quarantine quarantine;

    @BeforeEach
    void make() {
        files = new GroupFiles(folder);
        quarantine = new Quarantine(files);
    }

    @Test
    void keepsTheDamagedFilesWhenTheBlankOnesAreGivenUpToo() throws IOException {
        write("damaged");
        quarantine.moveAside(TARGET, "one");
        write("blank");
        quarantine.moveAside(TARGET, "one");

        assertThat(kept("log")).hasContent("damaged");
        assertThat(kept("store")).hasContent("damaged");
        assertThat(files.log(TARGET)).doesNotExist();
        assertThat(files.store(4)).doesNotExist();
    }

    @Test
    void goesOnWhereACrashBrokeItOff() throws IOException {
        write("damaged");
        Path store = files.store(4);
        Path elsewhere = Files.move(store, folder.resolve("elsewhere"));
        quarantine.moveAside(TARGET, "one");
        Files.move(elsewhere, store);

        quarantine.moveAside(TARGET, "one");

        assertThat(kept("log")).hasContent("damaged");
        assertThat(kept("store")).hasContent("damaged");
    }

    @Test
    void keepsTheLastDamageOnly() throws IOException {
        write("first");
        quarantine.moveAside(TARGET, "one");
        write("second");
        quarantine.moveAside(TARGET, "two");

        assertThat(kept("log")).hasContent("second");
        assertThat(kept("store")).hasContent("second");
    }

    private void write(String content) throws IOException {
        for (Path parent : new Path[] {files.group(GroupFiles.groupId(TARGET)), files.store(4)}) {
            Files.createDirectories(parent);
            Files.writeString(parent.resolve("file"), content);
        }
    }

    private Path kept(String what) {
        return files.quarantine().resolve("4").resolve(what).resolve("file");
    }
}
