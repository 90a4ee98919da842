package io.voronode.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of vectors, written here byte by byte as their forms say. */
final class VectorFileTest {

    private static final float[][] ROWS = {{1, -2, 3.5f}, {0, 1e-3f, -4}};

    @TempDir
    private Path folder;

    @Test
    void readsFvecs() throws IOException {
        Path file = write("a.fvecs", fvecs(3, 3));

        VectorFile read = VectorFile.read(file);

        assertThat(read.vectors()).isDeepEqualTo(ROWS);
        assertThat(read.metric()).isEmpty();
    }

    @Test
    void refusesFvecsThatAreCutShortOrChangeTheirDimension() throws IOException {
        Path cut =
                write("cut.fvecs", ByteBuffer.wrap(fvecs(3, 3).array(), 0, 31).slice());
        Path mixed = write("mixed.fvecs", fvecs(3, 2));
        Path empty = write("empty.fvecs", ByteBuffer.allocate(0));

        assertThatThrownBy(() -> VectorFile.read(cut)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> VectorFile.read(mixed)).hasMessageContaining("row 1: dimension 2 != 3");
        assertThatThrownBy(() -> VectorFile.read(empty)).isInstanceOf(IOException.class);
    }

    @Test
    void readsNpyOfBothVersionsAndBothWidths() throws IOException {
        Path narrow = write("a.npy", npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", false));
        Path wide = write("b.npy", npy(2, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", true));

        assertThat(VectorFile.read(narrow).vectors()).isDeepEqualTo(ROWS);
        assertThat(VectorFile.read(wide).vectors()).isDeepEqualTo(ROWS);
    }

    @Test
    void readsTheNpyThatItWrites() throws IOException {
        Path file = folder.resolve("own.npy");

        NpyFile.write(file, ROWS);

        assertThat(NpyFile.read(file)).isDeepEqualTo(ROWS);
        assertThat(Files.size(file) % 64).isEqualTo(2 * 3 * Float.BYTES);
    }

    @Test
    void refusesOtherNpy() throws IOException {
        Path integers = write("i.npy", npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }", false));
        Path columns = write("c.npy", npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", false));
        Path line = write("l.npy", npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", false));
        Path cut = write("t.npy", npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }", false));
        Path text = write("x.npy", ByteBuffer.wrap("no array at all".getBytes(StandardCharsets.US_ASCII)));

        assertThatThrownBy(() -> NpyFile.read(integers)).hasMessageContaining("<i4");
        assertThatThrownBy(() -> NpyFile.read(columns)).hasMessageContaining("True");
        assertThatThrownBy(() -> NpyFile.read(line)).hasMessageContaining("(6,)");
        assertThatThrownBy(() -> NpyFile.read(cut)).hasMessageContaining("cut short");
        assertThatThrownBy(() -> NpyFile.read(text)).hasMessageContaining("not an npy file");
    }

    @Test
    void readsTheTrainingMatrixAndTheMetricOfHdf5() throws IOException {
        Path file = folder.resolve("a.hdf5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putDataset("train", ROWS);
            hdf.putDataset("test", new float[][] {{9, 9, 9}});
            hdf.putAttribute("distance", "angular");
        }

        VectorFile read = VectorFile.read(file);

        assertThat(read.vectors()).isDeepEqualTo(ROWS);
        assertThat(read.metric()).contains(Metric.COSINE);
    }

    @Test
    void readsTheOnlyMatrixOfHdf5WhateverItsName() throws IOException {
        Path file = folder.resolve("b.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putDataset("embeddings", new double[][] {{1, -2, 3.5}});
        }

        VectorFile read = VectorFile.read(file);

        assertThat(read.vectors()).isDeepEqualTo(new float[][] {{1, -2, 3.5f}});
        assertThat(read.metric()).isEmpty();
    }

    @Test
    void refusesHdf5WithoutAMatrixOfFloatsAndWhatIsNotHdf5() throws IOException {
        Path integers = folder.resolve("i.h5");
        try (WritableHdfFile hdf = HdfFile.write(integers)) {
            hdf.putDataset("train", new int[][] {{1, 2}});
        }
        Path text = write("x.h5", ByteBuffer.wrap("no array at all".getBytes(StandardCharsets.US_ASCII)));

        assertThatThrownBy(() -> VectorFile.read(integers)).hasMessageContaining("not float32");
        assertThatThrownBy(() -> VectorFile.read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesAnUnknownExtension() {
        assertThatThrownBy(() -> VectorFile.read(folder.resolve("a.csv"))).hasMessageContaining(".fvecs");
    }

    private Path write(String name, ByteBuffer bytes) throws IOException {
        byte[] content = new byte[bytes.limit()];
        bytes.duplicate().rewind().get(content);
        return Files.write(folder.resolve(name), content);
    }

    private static ByteBuffer fvecs(int... dimensions) {
        ByteBuffer bytes =
                ByteBuffer.allocate(2 * (Integer.BYTES + 3 * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < ROWS.length; row++) {
            bytes.putInt(dimensions[row]);
            for (float x : ROWS[row]) {
                bytes.putFloat(x);
            }
        }
        return bytes;
    }

    private static ByteBuffer npy(int version, String header, boolean isDouble) {
        ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) header.length());
        } else {
            bytes.putInt(header.length());
        }
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        for (float[] row : ROWS) {
            for (float x : row) {
                if (isDouble) {
                    bytes.putDouble(x);
                } else {
                    bytes.putFloat(x);
                }
            }
        }
        return bytes.flip().slice();
    }
}
