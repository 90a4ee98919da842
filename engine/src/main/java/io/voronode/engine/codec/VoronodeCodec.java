package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;

/**
 * The codec of a shard replica: a named Lucene codec (not "the default", which changes with the library) with {@link
 * CellVectorsFormat} for all vector fields. The format is not chosen per field, so a merge always meets its own readers
 * and keeps stamps.
 */
public final class VoronodeCodec extends FilterCodec {

    public static final String NAME = "Voronode01";

    private final CellVectorsFormat vectors;

    /** For Lucene's service loader: opens segments, writes no vectors. */
    public VoronodeCodec() {
        this(new CellVectorsFormat());
    }

    /** The codec that writes the index of a shard replica of this kind and these cells. */
    public static Codec of(IndexKind kind, CellMap map) {
        return kind == IndexKind.HNSW ? new GraphCodec() : new VoronodeCodec(new CellVectorsFormat(kind, map));
    }

    public VoronodeCodec(CellVectorsFormat vectors) {
        super(NAME, new Lucene104Codec());
        this.vectors = vectors;
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
        return vectors;
    }
}
