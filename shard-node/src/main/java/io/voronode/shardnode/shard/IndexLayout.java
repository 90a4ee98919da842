package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.IndexKind;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.simd.Metric;

/** What an index is built for: its kind and its cells. */
record IndexLayout(IndexKind kind, CellMap cells) {
    Metric metric() {
        return cells.metric();
    }

    VoronodeCodec codec() {
        return new VoronodeCodec(new CellVectorsFormat(kind, cells));
    }

    /** Two indexes of the same name are interchangeable. */
    String name() {
        return kind + " " + metric() + " " + cells.dimension() + " " + cells.digest();
    }
}
