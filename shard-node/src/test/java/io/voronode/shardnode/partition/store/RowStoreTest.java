package io.voronode.shardnode.partition.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RowStoreTest {
    private static final int FLUSHES = 60;
    private static final int MOST_FILES = 20;
    private static final long DEADLINE_NANOS = 20_000_000_000L;

    @TempDir
    private Path folder;

    /** Each snapshot flushes, and an idle partition's snapshots are small. */
    @ParameterizedTest
    @EnumSource(
            value = Family.class,
            names = {"EXPIRIES", "FEED", "RESULT_TIMES"})
    void smallFlushesInTheOrderOfTheirKeysDoNotLeaveAFileEach(Family family) throws Exception {
        try (StoreResources resources = new StoreResources();
                RowStore store = RowStore.open(folder, resources, damage -> {})) {
            for (int flush = 0; flush < FLUSHES; flush++) {
                write(store, family, flush);
                store.flush();
            }

            long end = System.nanoTime() + DEADLINE_NANOS;
            while (files() > MOST_FILES && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertThat(files()).isLessThanOrEqualTo(MOST_FILES);
        }
    }

    private static void write(RowStore store, Family family, int flush) {
        try (RowBatch batch = new RowBatch(store)) {
            for (int i = 0; i < 10; i++) {
                batch.put(family, ByteBuffer.allocate(8).putInt(flush).putInt(i).array());
            }
            store.write(batch);
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".sst")).count();
        }
    }
}
