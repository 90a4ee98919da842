package io.voronode.coordinator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellMapStoreTest {
    private static final CollectionSpec SPEC = CollectionSpec.newBuilder()
            .setName("c")
            .setDimension(2)
            .setMetric(1)
            .build();
    private static final CellMap MAP = CellTrainer.train(
            new float[][] {{0, 0}, {0, 1}, {9, 9}, {9, 8}},
            new CellTraining(Metric.EUCLIDEAN, 2, 2, 1, 1, 1),
            () -> false);

    @TempDir
    Path folder;

    private final AtomicInteger fetches = new AtomicInteger();

    @Test
    void fetchesAMapOnceAndKeepsItOnDisk() {
        CellMapStore store = new CellMapStore(folder, this::fetch);
        assertThat(store.map(SPEC, CellMapStore.digestOf(MAP), 0).cellCount()).isEqualTo(2);
        store.map(SPEC, CellMapStore.digestOf(MAP), 0);
        new CellMapStore(folder, this::fetch).map(SPEC, CellMapStore.digestOf(MAP), 0);

        assertThat(fetches).hasValue(1);
    }

    @Test
    void removesTheFilesOfMapsThatAreNamedNoMore() throws IOException {
        ByteString digest = CellMapStore.digestOf(MAP);
        CellMapStore store = new CellMapStore(folder, this::fetch);
        store.map(SPEC, digest, 0);
        store.retain(Set.of());
        assertThat(folder).isNotEmptyDirectory();
        store.retain(Set.of(digest, ByteString.copyFrom(new byte[32])));
        assertThat(folder).isNotEmptyDirectory();

        store.retain(Set.of(ByteString.copyFrom(new byte[32])));

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void removesWhatAnotherProcessHadOnlyBegunToWrite() throws IOException {
        Files.write(folder.resolve("blob1.partial"), new byte[1_000]);

        new CellMapStore(folder, this::fetch).map(SPEC, CellMapStore.digestOf(MAP), 0);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).singleElement().asString().doesNotEndWith(".partial");
        }
    }

    @Test
    void fetchesADamagedFileAgain() throws IOException {
        new CellMapStore(folder, this::fetch).map(SPEC, CellMapStore.digestOf(MAP), 0);
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        CellMap map = new CellMapStore(folder, this::fetch).map(SPEC, CellMapStore.digestOf(MAP), 0);

        assertThat(map.digest()).isEqualTo(MAP.digest());
        assertThat(fetches).hasValue(2);
        assertThat(Files.readAllBytes(file)).isEqualTo(MAP.encode());
    }

    @Test
    void derivesTheSingleCellOfGenerationZero() {
        CellMapStore store = new CellMapStore(folder, this::fetch);

        CellMap map = store.map(SPEC, CellMapStore.digestOf(CellMapStore.single(SPEC)), 0);

        assertThat(map.cellCount()).isEqualTo(1);
        assertThat(fetches).hasValue(0);
    }

    @Test
    void refusesBytesOfAnotherDigestAndAMapOfAnotherDimension() {
        CellMapStore store = new CellMapStore(folder, this::fetch);
        assertThatThrownBy(() -> store.map(SPEC, ByteString.copyFrom(new byte[32]), 0))
                .isInstanceOf(Corruption.class);
        assertThatThrownBy(() -> store.map(SPEC.toBuilder().setDimension(3).build(), CellMapStore.digestOf(MAP), 0))
                .isInstanceOf(Corruption.class)
                .hasMessageContaining("does not fit");
    }

    private byte[] fetch(int partition, ByteString digest) {
        fetches.incrementAndGet();
        return MAP.encode();
    }
}
