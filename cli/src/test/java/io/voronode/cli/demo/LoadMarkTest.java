package io.voronode.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadMarkTest {
    @TempDir
    Path folder;

    @Test
    void remembersOneCollection() throws IOException {
        LoadMark mark = new LoadMark(folder);
        assertThat(mark.loaded("uuid-1")).isZero();

        mark.write("uuid-1", 20_000);
        mark.write("uuid-1", 117_791);

        assertThat(new LoadMark(folder).loaded("uuid-1")).isEqualTo(117_791);
        assertThat(new LoadMark(folder).loaded("uuid-2")).isZero();
    }

    @Test
    void takesADamagedFileForNoMark() throws IOException {
        Files.writeString(folder.resolve("demo-loaded"), "uuid-1");

        assertThat(new LoadMark(folder).loaded("uuid-1")).isZero();
    }
}
