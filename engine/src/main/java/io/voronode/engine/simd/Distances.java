package io.voronode.engine.simd;

/**
 * The three faces of a distance: the <em>internal</em> value that shards compare and merge (smaller is nearer), the
 * <em>reported</em> one that users see, and the <em>score</em> (larger is nearer). Pure; any thread.
 */
public final class Distances {

    private Distances() {}

    /** The internal distance. COSINE expects both vectors normalised. */
    public static float distance(Metric metric, float[] a, float[] b) {
        VectorKernels kernels = VectorKernels.best();
        return switch (metric) {
            case EUCLIDEAN -> kernels.squaredDistance(a, b);
            case COSINE -> 1 - kernels.dot(a, b);
            case DOT -> -kernels.dot(a, b);
            case MANHATTAN -> kernels.manhattan(a, b);
        };
    }

    /** What users see: EUCLIDEAN as the root of the internal value; COSINE never below 0 for want of the last bit. */
    public static float reported(Metric metric, float internal) {
        return switch (metric) {
            case EUCLIDEAN -> (float) Math.sqrt(internal);
            case COSINE -> Math.max(0, internal);
            case DOT, MANHATTAN -> internal;
        };
    }

    /** 1/(1+d²), (1+cos)/2, Lucene's maximum inner product score, 1/(1+d): all positive and larger when nearer. */
    public static float score(Metric metric, float internal) {
        return switch (metric) {
            case EUCLIDEAN, MANHATTAN -> 1 / (1 + internal);
            case COSINE -> Math.max(0, 1 - internal / 2);
            case DOT -> internal <= 0 ? 1 - internal : 1 / (1 + internal);
        };
    }
}
