package io.voronode.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.Data;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.quantization.VectorCode;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vector stays in the cell it was stamped with, through flush, sort, delete and merge. */
class StampsTest {

    private static final int DIMENSION = 6;
    private static final CellMap MAP = TestLayouts.map(Metric.EUCLIDEAN, DIMENSION, 16);

    private final SplittableRandom random = new SplittableRandom(42);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stampsThatAreNotTheNearestCellSurviveFlushesDeletesAndMerges(boolean sortedIndex) throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                IndexWriter writer = new IndexWriter(directory, config(MAP, sortedIndex))) {
            for (int i = 0; i < 600; i++) {
                String key = "key-" + random.nextInt(200);
                writer.updateDocument(new Term("key", key), documentWithoutVector(key));
                if (random.nextInt(10) > 0) {
                    addStamped(writer, key);
                }
                if (i % 100 == 99) {
                    writer.commit();
                    assertStampsKept(writer);
                }
            }
            writer.forceMerge(1);
            assertThat(assertStampsKept(writer)).isGreaterThan(100);
        }
    }

    @Test
    void vectorWithoutStampGetsTheNearestCell() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                IndexWriter writer = new IndexWriter(directory, config(MAP, false))) {
            float[] vector = Data.gaussian(random, DIMENSION);
            writer.addDocument(document("a", vector, MAP.nearestCell(vector)));
            assertThat(assertStampsKept(writer)).isEqualTo(1);
        }
    }

    @Test
    void innerHintCountsAndTheOuterComesBack() {
        try (var _ = CellHint.stamp(3)) {
            try (var _ = CellHint.stamp(5)) {
                assertThat(CellHint.current()).isEqualTo(5);
            }
            assertThat(CellHint.current()).isEqualTo(3);
        }
        assertThat(CellHint.current()).isEqualTo(CellHint.NONE);
        assertThatThrownBy(() -> CellHint.stamp(-1)).hasMessage("cell -1 < 0");
    }

    @Test
    void stampOutsideTheMapIsRefused() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                IndexWriter writer = new IndexWriter(directory, config(MAP, false));
                var _ = CellHint.stamp(16)) {
            assertThatThrownBy(() -> writer.addDocument(document("a", new float[DIMENSION], 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("stamped cell 16 of a map with 16 cells");
        }
    }

    @Test
    void vectorOfAnotherDimensionThanTheMapIsRefused() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                IndexWriter writer = new IndexWriter(directory, config(MAP, false))) {
            assertThatThrownBy(() -> writer.addDocument(document("a", new float[DIMENSION + 1], 0)))
                    .hasMessageContaining("dimension 7 != 6 of the cell map");
        }
    }

    @Test
    void mergeUnderAnotherCellMapIsRefused() throws IOException {
        CellMap other = TestLayouts.map(Metric.EUCLIDEAN, DIMENSION, 5);
        try (Directory directory = new ByteBuffersDirectory()) {
            try (IndexWriter writer = new IndexWriter(directory, config(MAP, false))) {
                addStamped(writer, "a");
                writer.commit();
                addStamped(writer, "b");
            }
            IndexWriter writer = new IndexWriter(directory, config(other, false));
            assertThatThrownBy(() -> writer.forceMerge(1))
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(MAP.digest())
                    .hasMessageContaining(other.digest());
            writer.rollback();
        }
    }

    @Test
    void instanceMadeBySpiWritesNothing() {
        assertThatThrownBy(() -> {
                    try (Directory directory = new ByteBuffersDirectory();
                            IndexWriter writer =
                                    new IndexWriter(directory, new IndexWriterConfig().setCodec(new VoronodeCodec()))) {
                        writer.addDocument(document("a", new float[DIMENSION], 0));
                    }
                })
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private void addStamped(IndexWriter writer, String key) throws IOException {
        float[] vector = Data.gaussian(random, DIMENSION);
        int stamp = (MAP.nearestCell(vector) + 1 + random.nextInt(15)) % 16;
        try (var _ = CellHint.stamp(stamp)) {
            writer.updateDocument(new Term("key", key), document(key, vector, stamp));
        }
    }

    private Document documentWithoutVector(String key) {
        Document document = new Document();
        document.add(new StringField("key", key, Field.Store.NO));
        document.add(new NumericDocValuesField("order", random.nextLong()));
        return document;
    }

    private Document document(String key, float[] vector, int stamp) {
        Document document = documentWithoutVector(key);
        document.add(new KnnFloatVectorField("v", vector, CellVectorsFormat.similarity(Metric.EUCLIDEAN)));
        document.add(new NumericDocValuesField("stamp", stamp));
        return document;
    }

    /** Compares every posting with the stamp that its document carries; returns how many there were. */
    private static int assertStampsKept(IndexWriter writer) throws IOException {
        int postings = 0;
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                SegmentCells cells = SegmentCells.open(leaf.reader(), "v");
                if (cells == null) {
                    continue;
                }
                int inSegment = 0;
                for (int cell = 0; cell < 16; cell++) {
                    for (int ordinal : CellFilesTest.ordinals(cells, cell)) {
                        NumericDocValues stamps = leaf.reader().getNumericDocValues("stamp");
                        assertThat(stamps.advanceExact(cells.vectors().ordToDoc(ordinal)))
                                .isTrue();
                        assertThat(stamps.longValue()).isEqualTo(cell);
                        inSegment++;
                    }
                }
                assertThat(inSegment).isEqualTo(cells.vectors().size());
                postings += inSegment;
            }
        }
        return postings;
    }

    /** A merge copies codes; made anew they are the same. */
    @ParameterizedTest
    @EnumSource(names = {"IVF_RABITQ", "IVF_PQ", "IVF_SQ8"})
    void codesOfAMergedSegmentAreThoseOfTheVectors(IndexKind kind) throws IOException {
        codesOfAMergedSegmentAreThoseOfTheVectors(kind, false);
        codesOfAMergedSegmentAreThoseOfTheVectors(kind, true);
    }

    private void codesOfAMergedSegmentAreThoseOfTheVectors(IndexKind kind, boolean sortedIndex) throws IOException {
        IndexWriterConfig config =
                config(MAP, sortedIndex).setCodec(new VoronodeCodec(TestLayouts.format(kind, MAP, 60)));
        try (Directory directory = new ByteBuffersDirectory();
                IndexWriter writer = new IndexWriter(directory, config)) {
            // Segments above and below the size that gets codes, with deletes in them.
            for (int size : new int[] {150, 30, 90}) {
                for (int i = 0; i < size; i++) {
                    addStamped(writer, "key-" + random.nextInt(400));
                }
                writer.commit();
            }
            writer.forceMerge(1);
            assertThat(assertCodesRight(writer, kind)).isGreaterThan(150);
        }
    }

    private static int assertCodesRight(IndexWriter writer, IndexKind kind) throws IOException {
        CodeLayout layout = Objects.requireNonNull(CodeLayout.of(kind, MAP, 0));
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            SegmentCells cells = Objects.requireNonNull(
                    SegmentCells.open(reader.leaves().getFirst().reader(), "v"));
            SegmentCodes codes = Objects.requireNonNull(cells.codes());
            EncodedVectors anew = new EncodedVectors(layout.encoder(), cells.vectors()::vectorValue);
            VectorCode code = layout.code();
            int compared = 0;
            for (int cell = 0; cell < MAP.cellCount(); cell++) {
                int[] ordinals = CellFilesTest.ordinals(cells, cell);
                anew.beginCell(cell);
                for (int place = 0; place < ordinals.length; place++) {
                    anew.read(ordinals[place], code);
                    int list = cells.listOf(cell);
                    assertThat(record(codes, list, place)).isEqualTo(code.record());
                    assertThat(scanCode(codes, list, place, code.scan().length)).isEqualTo(code.scan());
                    compared++;
                }
            }
            return compared;
        }
    }

    private static byte[] record(SegmentCodes codes, int list, int place) throws IOException {
        byte[] record = new byte[codes.recordBytes()];
        long at = codes.recordsBase(list) + (long) place * record.length;
        MemorySegment.copy(codes.records(list), ValueLayout.JAVA_BYTE, at, record, 0, record.length);
        return record;
    }

    private static byte[] scanCode(SegmentCodes codes, int list, int place, int bytes) throws IOException {
        byte[] code = new byte[bytes];
        if (!(codes instanceof BlockCodes scanned)) {
            return code;
        }
        long block = scanned.blocksBase(list) + scanned.blockBytes(place / CodeKernels.LANES * CodeKernels.LANES);
        for (int row = 0; row < bytes; row++) {
            long at = block + (long) row * CodeKernels.LANES + CodeKernels.lane(place % CodeKernels.LANES);
            code[row] = scanned.blocks(list).get(ValueLayout.JAVA_BYTE, at);
        }
        return code;
    }

    private static IndexWriterConfig config(CellMap map, boolean sortedIndex) {
        IndexWriterConfig config =
                new IndexWriterConfig().setCodec(new VoronodeCodec(new CellVectorsFormat(IndexKind.IVF_FLAT, map)));
        if (sortedIndex) {
            config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
        }
        return config;
    }
}
