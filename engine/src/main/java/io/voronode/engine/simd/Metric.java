package io.voronode.engine.simd;

/**
 * How far two vectors are from each other. The wire number is what file formats and protocols store; it never changes.
 */
public enum Metric {
    /** ‖a−b‖; kernels and shards work with its square, users see the root. */
    EUCLIDEAN(1),
    /** 1−cos(a,b). Vectors are normalised before they reach the index, where it is 1−⟨a,b⟩. */
    COSINE(2),
    /** −⟨a,b⟩: smaller is nearer, negative values are usual. */
    DOT(3),
    /** Σ|aᵢ−bᵢ|. */
    MANHATTAN(4);

    private final int wireNumber;

    Metric(int wireNumber) {
        this.wireNumber = wireNumber;
    }

    public int wireNumber() {
        return wireNumber;
    }

    /**
     * The metric with this wire number.
     *
     * @throws IllegalArgumentException if no metric has it
     */
    public static Metric ofWireNumber(int wireNumber) {
        for (Metric metric : values()) {
            if (metric.wireNumber == wireNumber) {
                return metric;
            }
        }
        throw new IllegalArgumentException("unknown metric number " + wireNumber);
    }
}
