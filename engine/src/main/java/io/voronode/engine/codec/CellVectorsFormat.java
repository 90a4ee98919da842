package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.function.Function;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.jspecify.annotations.Nullable;

/**
 * Vectors in posting lists by cell. The float32 vectors themselves are Lucene's: {@code .vec} and {@code .vemf} of
 * {@link Lucene99FlatVectorsFormat}, aligned to 64 bytes. This format adds four files per segment, in which integers are
 * as Lucene's {@code DataOutput} writes them (int32 and int64 little-endian, vint and vlong variable). Fields of byte
 * vectors have only Lucene's files.
 *
 * <p>A vector is in the cell that it was stamped with ({@link CellHint}), never in one computed here: a flush groups, a
 * merge keeps stamps. Only a vector without a stamp is assigned to its nearest centroid. All stamps of a segment refer
 * to one cell map, named by its digest; a merge of segments under different maps is refused.
 *
 * <h2>.vcm (cells, metadata)</h2>
 *
 * <ul>
 *   <li>index header, codec name {@code VoronodeCellsMeta}, version 2
 *   <li>for each field of float32 vectors:
 *       <ul>
 *         <li>[int32] field number
 *         <li>[byte] kind, the wire number of {@link IndexKind}
 *         <li>[byte] metric, the wire number of {@link Metric}
 *         <li>[vint] dimension
 *         <li>[string] digest of the cell map, empty without one
 *         <li>[vint] vector count
 *         <li>[vlong] offset of the field's ordinals in .vcp
 *         <li>[vint] list count: the cells that have vectors here; 0 for FLAT
 *         <li>for each list, by ascending cell: [vint] cell minus the previous cell (minus −1 for the first), [vint]
 *             vectors in it, at least 1
 *         <li>[byte] what codes the vectors have: 0 none, 1 RaBitQ's, 2 a product quantizer's with RaBitQ's records, 3 bytes; then for 1
 *             and 2:
 *             <ul>
 *               <li>[int64] seed of the rotation
 *               <li>[float32] M, the longest norm of the cell map's training sample; 0 unless the metric is DOT
 *               <li>[float32] × coordinates of the space of the cells: the origin that codes are relative to
 *               <li>[vlong] offset of the field's blocks in .vcq
 *               <li>[vlong] offset of the field's records in .vcr
 *               <li>for 2: [float32] error of the scan codes and [float32] × {@link
 *                   io.voronode.engine.quantization.ProductQuantizer#floats}, the codewords
 *             </ul>
 *             for 3: [vlong] offset of the field's records in .vcr
 *       </ul>
 *   <li>[int32] −1
 *   <li>footer with checksum
 * </ul>
 *
 * <h2>.vcp (cells, postings)</h2>
 *
 * <ul>
 *   <li>index header, codec name {@code VoronodeCellsPostings}, version 2
 *   <li>for each field of a kind with posting lists: padding to a multiple of 64 bytes, then [int32] × vector count:
 *       ordinals, list after list in the order of .vcm, ascending within a list
 *   <li>footer with checksum
 * </ul>
 *
 * <h2>.vcq (cells, quantized)</h2>
 *
 * <ul>
 *   <li>index header, codec name {@code VoronodeCellsQuantized}, version 2
 *   <li>for each field with codes of 1 or 2: padding to a multiple of 64 bytes, then list after list, in the order of .vcm, blocks
 *       of scan codes as {@link io.voronode.engine.simd.CodeKernels} describes them, {@code ⌈vectors / 64⌉} a list
 *   <li>footer with checksum
 * </ul>
 *
 * <h2>.vcr (cells, refinement)</h2>
 *
 * <ul>
 *   <li>index header, codec name {@code VoronodeCellsRefinement}, version 2
 *   <li>for each field with codes: padding to a multiple of 64 bytes, then a record as {@link
 *       io.voronode.engine.quantization.RabitqCode}, for codes of 3 {@link io.voronode.engine.quantization.ByteCode}, describes it for each vector, in the order of .vcp
 *   <li>footer with checksum
 * </ul>
 *
 * <p>A code is a function of the vector and the cell map, its cell's centroid above all: a flush makes codes, a merge copies them. A
 * segment with fewer than 768 vectors has none, and neither has one under a map of a single cell: it is scanned exactly.
 *
 * <p>A reader refuses a version that it does not know; the metadata is checked against its checksum when the segment is
 * opened, everything else by {@code checkIntegrity}. The instance made by SPI only reads: a segment says
 * everything that a reader needs.
 */
public final class CellVectorsFormat extends KnnVectorsFormat {

    /** The SPI name, stored in every segment; a new name is a new format. */
    public static final String NAME = "VoronodeCells01";

    public static final int MAX_DIMENSIONS = 4096;

    static final int VERSION = 2;
    static final int ALIGNMENT_BYTES = 64;

    private static final FlatVectorsFormat FLAT =
            new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer());

    private final @Nullable Function<FieldInfo, CellLayout> layouts;

    /** For Lucene's service loader: reads any segment of this format, writes none. */
    public CellVectorsFormat() {
        super(NAME);
        this.layouts = null;
    }

    /** The format of one shard replica's index: every vector field has this kind and these cells. */
    public CellVectorsFormat(IndexKind kind, CellMap map) {
        super(NAME);
        CellLayout layout = CellLayout.of(kind, map);
        this.layouts = field -> layout;
    }

    /** A layout for each field of float32 vectors. */
    CellVectorsFormat(Function<FieldInfo, CellLayout> layouts) {
        super(NAME);
        this.layouts = layouts;
    }

    /**
     * What to tell Lucene about a field of this metric. Lucene has no L1, so MANHATTAN passes as EUCLIDEAN there: this
     * format's own search knows better, but a Lucene query that rescores by itself does not.
     */
    public static VectorSimilarityFunction similarity(Metric metric) {
        return switch (metric) {
            case EUCLIDEAN, MANHATTAN -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.COSINE;
            case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    }

    /** The metric of a field of kind {@link IndexKind#HNSW}, which MANHATTAN never is. */
    static Metric metric(VectorSimilarityFunction similarity) {
        return switch (similarity) {
            case EUCLIDEAN -> Metric.EUCLIDEAN;
            case COSINE -> Metric.COSINE;
            case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> Metric.DOT;
        };
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        if (layouts == null) {
            throw new UnsupportedOperationException(NAME + " without a cell map only reads");
        }
        return CellVectorsWriter.open(state, FLAT.fieldsWriter(state), layouts);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return CellVectorsReader.open(state, FLAT.fieldsReader(state));
    }

    @Override
    public int getMaxDimensions(String field) {
        return MAX_DIMENSIONS;
    }
}
