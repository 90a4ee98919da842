package io.voronode.engine.codec;

/**
 * How a segment holds its vectors for searching. The wire number is what files and protocols store; it never changes.
 * Numbers 3 to 6 are set aside for kinds with codes and graphs.
 */
public enum IndexKind {
    /** No posting lists: every search compares every vector, whatever the cells. */
    FLAT(1),
    /** Posting lists by cell over float32 vectors: a search compares every vector of the cells that it is given. */
    IVF_FLAT(2);

    private final int wireNumber;

    IndexKind(int wireNumber) {
        this.wireNumber = wireNumber;
    }

    public int wireNumber() {
        return wireNumber;
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
