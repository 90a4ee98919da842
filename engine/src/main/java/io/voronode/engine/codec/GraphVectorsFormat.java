package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Vectors of kind {@link IndexKind#HNSW}: Lucene's own format and files, {@code .vec}, {@code .vemf}, {@code .vem} and {@code .vex}, under a
 * name of its own, since Lucene's takes no more than 1 024 dimensions. Cells have no posting lists here.
 */
public final class GraphVectorsFormat extends KnnVectorsFormat {

    /** The SPI name, stored in every segment; a new name is a new format. */
    public static final String NAME = "VoronodeGraph01";

    private static final KnnVectorsFormat LUCENE = new Lucene99HnswVectorsFormat(
            Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN, Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH);

    public GraphVectorsFormat() {
        super(NAME);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return LUCENE.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return LUCENE.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
        return CellVectorsFormat.MAX_DIMENSIONS;
    }
}
