package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.simd.Metric;
import org.apache.lucene.codecs.Codec;

/** What an index is built for: its kind and its cells. */
record IndexLayout(IndexKind kind, CellMap cells) {
    Metric metric() {
        return cells.metric();
    }

    Codec codec() {
        return VoronodeCodec.of(kind, cells);
    }

    /** Two indexes of the same name are interchangeable. */
    String name() {
        return kind + " " + metric() + " " + cells.dimension() + " " + cells.digest();
    }
}
