package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;

/** The codec of a shard replica of kind {@link IndexKind#HNSW}; as {@link VoronodeCodec}, but with {@link GraphVectorsFormat}. */
public final class GraphCodec extends FilterCodec {

    public static final String NAME = "VoronodeGraph01";

    private final GraphVectorsFormat vectors = new GraphVectorsFormat();

    public GraphCodec() {
        super(NAME, new Lucene104Codec());
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
        return vectors;
    }
}
