package io.voronode.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheTest {

    @TempDir
    private Path folder;

    @Test
    void fillsAnEntryOnce() throws IOException {
        Cache cache = new Cache(folder);

        Path first = cache.entry("a/b", entry -> Files.writeString(entry, "1"));
        Path second = cache.entry("a/b", entry -> Files.writeString(entry, "2"));

        assertThat(second).isEqualTo(first).hasContent("1");
    }

    @Test
    void anEntryMayBeAFolder() throws IOException {
        Path entry = new Cache(folder)
                .entry(
                        "f",
                        path -> Files.writeString(Files.createDirectory(path).resolve("x"), "1"));

        assertThat(entry.resolve("x")).hasContent("1");
    }

    @Test
    void aFailureLeavesNothingBehind() throws IOException {
        Cache cache = new Cache(folder);

        assertThatThrownBy(() -> cache.entry("a", entry -> {
                    Files.writeString(entry, "half");
                    throw new IOException("broken");
                }))
                .hasMessage("broken");

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void anEntryThatAnotherRunMadeMeanwhileStays() throws IOException {
        Cache cache = new Cache(folder);

        Path entry = cache.entry("f", path -> {
            Files.writeString(Files.createDirectory(path).resolve("x"), "late");
            Files.writeString(Files.createDirectory(folder.resolve("f")).resolve("x"), "early");
        });

        assertThat(entry.resolve("x")).hasContent("early");
    }

    @Test
    void theEnvironmentChoosesTheFolder() {
        assertThat(Cache.of(Map.of(Cache.VARIABLE, "/x/y")).root()).isEqualTo(Path.of("/x/y"));
        assertThat(Cache.of(Map.of("XDG_CACHE_HOME", "/c")).root()).isEqualTo(Path.of("/c/voronode-bench"));
        assertThat(Cache.of(Map.of()).root()).endsWithRaw(Path.of(".cache", "voronode-bench"));
    }
}
