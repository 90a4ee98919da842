package io.voronode.engine.codec;

import io.voronode.engine.simd.Metric;

/**
 * How a segment holds its vectors for searching. The wire number is what files and protocols store; it never changes.
 * Numbers 4 to 6 are set aside for kinds to come.
 */
public enum IndexKind {
    /** No posting lists: every search compares every vector, whatever the cells. */
    FLAT(1),
    /** Posting lists by cell over float32 vectors: a search compares every vector of the cells that it is given. */
    IVF_FLAT(2),
    /**
     * Posting lists by cell with RaBitQ codes: a search scans one-bit codes, refines the few that may be near with four-bit codes, and
     * compares the vectors of those that are left. Not for MANHATTAN.
     */
    IVF_RABITQ(3);

    private final int wireNumber;

    IndexKind(int wireNumber) {
        this.wireNumber = wireNumber;
    }

    public int wireNumber() {
        return wireNumber;
    }

    /** Whether vectors lie in posting lists by cell. */
    public boolean hasPostings() {
        return this != FLAT;
    }

    /** Whether the kind can be used with a metric: codes of RaBitQ say nothing about L1. */
    public boolean supports(Metric metric) {
        return this != IVF_RABITQ || metric != Metric.MANHATTAN;
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
