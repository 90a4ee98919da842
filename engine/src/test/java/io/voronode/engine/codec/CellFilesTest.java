package io.voronode.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a segment: damage, later versions, and the golden index of version 2. */
class CellFilesTest {

    private static final int[] STAMPS = {2, 0, 2, 1, 0, 2};

    /** Not of a trained map: its centroids, hence its digest, may differ in the last bit from machine to machine. */
    private static final CellLayout LAYOUT = new CellLayout(
            IndexKind.IVF_FLAT, Metric.MANHATTAN, 3, 3, "0123456789abcdef", vector -> STAMPS[(int) vector[0]], null);

    /** The map of one cell is the same everywhere. */
    private static final CellLayout CODED =
            TestLayouts.layout(IndexKind.IVF_RABITQ, CellMap.single(Metric.EUCLIDEAN, 3), 0);

    @ParameterizedTest
    @ValueSource(strings = {"vcm", "vcp", "vcq", "vcr", "vec", "vemf"})
    void oneFlippedByteIsDetectedAtOpenOrCheck(String extension) throws IOException {
        Directory good = smallIndex();
        IndexFiles.check(good);
        String name = IndexFiles.only(good, extension);
        byte[] bytes = IndexFiles.read(good, name);
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            Directory bad = IndexFiles.copyWith(good, name, damaged);
            assertThatThrownBy(() -> IndexFiles.check(bad))
                    .as("byte %d of %s", at, name)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcm", "vcp", "vcq", "vcr"})
    void truncationIsDetected(String extension) throws IOException {
        Directory good = smallIndex();
        String name = IndexFiles.only(good, extension);
        byte[] bytes = IndexFiles.read(good, name);
        for (int length = 0; length < bytes.length; length++) {
            Directory bad = IndexFiles.copyWith(good, name, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> IndexFiles.check(bad))
                    .as("%d bytes of %s", length, name)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void filesOfAnotherSegmentAreRefused() throws IOException {
        Directory one = smallIndex();
        Directory other = smallIndex();
        String name = IndexFiles.only(one, "vcp");
        Directory mixed = IndexFiles.copyWith(one, name, IndexFiles.read(other, name));
        assertThatThrownBy(() -> IndexFiles.check(mixed))
                .isInstanceOf(CorruptIndexException.class)
                .hasMessageContaining("file mismatch");
    }

    @Test
    void laterVersionsAreRefused() throws IOException {
        Directory good = smallIndex();
        for (CellFile file : CellFile.values()) {
            String name = IndexFiles.only(good, file.extension());
            byte[] later =
                    IndexFiles.ofVersion(IndexFiles.read(good, name), file.codecName(), CellVectorsFormat.VERSION + 1);
            Directory bad = IndexFiles.copyWith(good, name, later);
            assertThatThrownBy(() -> IndexFiles.check(bad)).isInstanceOf(IndexFormatTooNewException.class);
        }
    }

    @Test
    void goldenIndexOfVersionTwoIsReadBySpi() throws IOException {
        Directory golden = golden();
        IndexFiles.check(golden);
        try (DirectoryReader reader = DirectoryReader.open(golden)) {
            SegmentCells cells = open(reader, "v");
            assertThat(cells.kind()).isEqualTo(IndexKind.IVF_FLAT);
            assertThat(cells.metric()).isEqualTo(Metric.MANHATTAN);
            assertThat(cells.dimension()).isEqualTo(3);
            assertThat(cells.cellMapDigest()).isEqualTo(LAYOUT.cellMapDigest());
            assertThat(ordinals(cells, 0)).containsExactly(1, 4);
            assertThat(ordinals(cells, 1)).containsExactly(3);
            assertThat(ordinals(cells, 2)).containsExactly(0, 2, 5);
            assertThat(cells.vectors().vectorValue(5)).containsExactly(5, 0.5f, -5);
            assertThat(cells.codes()).isNull();
            SegmentCells coded = open(reader, "c");
            assertThat(coded.kind()).isEqualTo(IndexKind.IVF_RABITQ);
            BlockCodes codes = (BlockCodes) Objects.requireNonNull(coded.codes());
            assertThat(codes.space()).isEqualTo(new CellSpace(Metric.EUCLIDEAN, 3, 0));
            assertThat(codes.origin()).containsExactly(0, 0, 0);
            assertThat(ordinals(coded, 0)).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    private static SegmentCells open(DirectoryReader reader, String field) throws IOException {
        return Objects.requireNonNull(
                SegmentCells.open(reader.leaves().getFirst().reader(), field));
    }

    @Test
    void versionTwoIsStillWrittenByteForByte() throws IOException {
        Directory golden = golden();
        Directory fresh = smallIndex();
        for (CellFile file : CellFile.values()) {
            assertThat(payload(fresh, file)).as(file.extension()).isEqualTo(payload(golden, file));
        }
    }

    private static byte[] payload(Directory directory, CellFile file) throws IOException {
        return IndexFiles.payload(
                IndexFiles.read(directory, IndexFiles.only(directory, file.extension())), file.codecName());
    }

    static int[] ordinals(SegmentCells cells, int cell) throws IOException {
        int list = cells.listOf(cell);
        int[] ordinals = new int[list < 0 ? 0 : cells.count(list)];
        if (list >= 0) {
            cells.ordinals(list, 0, ordinals.length, ordinals);
        }
        return ordinals;
    }

    /** Six documents, one field in three cells, one with codes in one cell; what the golden index holds too. */
    private static Directory smallIndex() throws IOException {
        Directory directory = new ByteBuffersDirectory();
        IndexWriterConfig config = new IndexWriterConfig()
                .setCodec(new VoronodeCodec(new CellVectorsFormat(field -> field.name.equals("v") ? LAYOUT : CODED)))
                .setUseCompoundFile(false);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < STAMPS.length; i++) {
                Document document = new Document();
                document.add(new KnnFloatVectorField(
                        "v", new float[] {i, 0.5f, -i}, CellVectorsFormat.similarity(Metric.MANHATTAN)));
                document.add(new KnnFloatVectorField(
                        "c", new float[] {i, i % 2, 1}, CellVectorsFormat.similarity(Metric.EUCLIDEAN)));
                writer.addDocument(document);
            }
        }
        return directory;
    }

    /** One file a line: its name and its bytes in base 64. */
    private static Directory golden() throws IOException {
        Directory directory = new ByteBuffersDirectory();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CellFilesTest.class.getResourceAsStream("VoronodeCells01-v2.txt")),
                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ", 2);
                IndexFiles.write(directory, parts[0], Base64.getDecoder().decode(parts[1]));
            }
        }
        return directory;
    }
}
