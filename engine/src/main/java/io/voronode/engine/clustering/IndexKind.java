package io.voronode.engine.clustering;

import io.voronode.engine.simd.Metric;

/**
 * How a segment holds its vectors for searching. The wire number is what files and protocols store; it never changes.
 */
public enum IndexKind {
    /** No posting lists: every search compares every vector, whatever the cells. */
    FLAT(1),
    /** Posting lists by cell over float32 vectors: a search compares every vector of the cells that it is given. */
    IVF_FLAT(2),
    /**
     * Posting lists by cell with RaBitQ codes: a search scans codes of one or two bits a coordinate, refines the few that may be near with four-bit codes, and
     * compares the vectors of those that are left. Not for MANHATTAN.
     */
    IVF_RABITQ(3),
    /**
     * As IVF_RABITQ, but what is scanned are codes of four bits by a product quantizer, which is trained with the cells. Not for
     * MANHATTAN.
     */
    IVF_PQ(4),
    /**
     * Posting lists by cell with a byte a coordinate: a search scans those, and compares the vectors of the few that may be near. For all
     * metrics.
     */
    IVF_SQ8(5),
    /** No posting lists, but Lucene's graph over the vectors of a segment, which a search walks. Not for MANHATTAN. */
    HNSW(6);

    private final int wireNumber;

    IndexKind(int wireNumber) {
        this.wireNumber = wireNumber;
    }

    public int wireNumber() {
        return wireNumber;
    }

    /** Whether vectors lie in posting lists by cell. */
    public boolean hasPostings() {
        return this != FLAT && this != HNSW;
    }

    /** Whether the kind can be used with a metric: codes of residuals say nothing about L1, and Lucene does not know it. */
    public boolean supports(Metric metric) {
        return metric != Metric.MANHATTAN || this == FLAT || this == IVF_FLAT || this == IVF_SQ8;
    }

    /**
     * The kind with this wire number.
     *
     * @throws IllegalArgumentException if this version has no such kind
     */
    public static IndexKind ofWireNumber(int wireNumber) {
        for (IndexKind kind : values()) {
            if (kind.wireNumber == wireNumber) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown index kind " + wireNumber);
    }
}
