package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallFoldersTest {
    @TempDir
    private Path group;

    @Test
    void takesAwayWhatBrokeOff() throws IOException {
        Path kept = file("sm/snapshot-1-20/CURRENT");
        file("sm.tmp20260101-000000_000/snapshot-1-10/CURRENT");
        file("tmp/snapshot-one/snapshot-1-20/CURRENT");
        file("tmp/snapshot-two/snapshot-1-30/000001.sst");

        new InstallFolders(group).restore();

        assertThat(kept).exists();
        assertThat(FolderFiles.list(group)).containsExactly(group.resolve("sm"), group.resolve("tmp"));
        assertThat(FolderFiles.list(group.resolve("tmp"))).isEmpty();
    }

    @Test
    void takesTheOldSnapshotsBackIfTheNewOnesDidNotTakeTheirPlace() throws IOException {
        file("sm.tmp20260101-000000_000/snapshot-1-10/CURRENT");
        file("sm.tmp20260101-000001_000/snapshot-1-20/CURRENT");
        file("tmp/snapshot-one/snapshot-1-30/CURRENT");

        new InstallFolders(group).restore();

        assertThat(group.resolve("sm/snapshot-1-20/CURRENT")).exists();
        assertThat(FolderFiles.list(group)).containsExactly(group.resolve("sm"), group.resolve("tmp"));
    }

    @Test
    void leavesWhatStillComes() throws IOException {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        touch(file("tmp/snapshot-one/snapshot-1-20/CURRENT"), now.minusSeconds(61));
        Path comes = file("tmp/snapshot-two/snapshot-1-20/CURRENT");
        touch(comes, now.minusSeconds(59));

        new InstallFolders(group).clearUntouchedSince(now.minusSeconds(60));

        assertThat(comes).exists();
        assertThat(FolderFiles.list(group.resolve("tmp"))).containsExactly(group.resolve("tmp/snapshot-two"));
    }

    @Test
    void findsNothingWhereNothingEverCame() throws IOException {
        new InstallFolders(group).restore();
        assertThat(FolderFiles.list(group)).isEmpty();
    }

    private Path file(String name) throws IOException {
        Path file = group.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, new byte[] {1});
    }

    private void touch(Path file, Instant time) throws IOException {
        for (Path path = file; path != null && !path.endsWith("tmp"); path = path.getParent()) {
            Files.setLastModifiedTime(path, FileTime.from(time));
        }
    }
}
