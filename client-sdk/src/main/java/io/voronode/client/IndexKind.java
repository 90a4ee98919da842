package io.voronode.client;

/** How the vectors of a collection are kept and scanned. */
public enum IndexKind {
    /** One cell, scanned exactly; never trained. */
    FLAT,
    /** Trained cells; the vectors of the probed cells are scanned exactly. */
    IVF_FLAT
}
