package io.voronode.client;

/** How the vectors of a collection are kept and scanned. */
public enum IndexKind {
    /** The server chooses, and tells what it chose. */
    DEFAULT,
    /** One cell, scanned exactly; never trained. */
    FLAT,
    /** Trained cells; the vectors of the probed cells are scanned exactly. */
    IVF_FLAT,
    /**
     * Trained cells with RaBitQ codes: the probed cells are scanned by short codes, and only vectors that may be among the
     * nearest are compared. Not for MANHATTAN.
     */
    IVF_RABITQ,
    /**
     * As IVF_RABITQ, but with the codes of a product quantizer, which is trained with the cells. Not for MANHATTAN.
     */
    IVF_PQ,
    /** Trained cells with a byte a coordinate, which is scanned; only vectors that may be among the nearest are compared. */
    IVF_SQ8,
    /**
     * One cell, never trained, whose vectors are in Lucene's HNSW graphs. A search says by {@code ef} how wide it looks. Not for
     * MANHATTAN.
     */
    HNSW
}
