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
    IVF_RABITQ
}
