package io.voronode.engine.clustering;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;

/**
 * The Euclidean space that cells live in. For EUCLIDEAN, COSINE (normalised) and MANHATTAN it is the vectors' own
 * space. For DOT it has one more coordinate, √(M²−‖v‖²) for a stored vector, 0 for a query, so that the nearest by L2
 * is the largest inner product (Bachrach et al., RecSys 2014). A vector longer than M gets 0 there: it stays findable,
 * its cell is merely less apt. A query is scaled to length M, which changes no order of inner products and puts it on
 * the sphere of the stored vectors, so that distances to centroids do not depend on the query's length.
 *
 * <p>A squared distance in this space says what the distance of the metric is, MANHATTAN apart: {@link #unit} and {@link
 * #offset} convert it.
 *
 * @param dimension of the vectors
 * @param maxNorm M; 0 unless the metric is DOT
 */
public record CellSpace(Metric metric, int dimension, float maxNorm) {

    public CellSpace {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension " + dimension + " < 1");
        }
        if (!(maxNorm >= 0) || Float.isInfinite(maxNorm)) {
            throw new IllegalArgumentException("maximum norm " + maxNorm + " is not a length");
        }
    }

    /** The number of coordinates of a centroid. */
    public int coordinates() {
        return metric == Metric.DOT ? dimension + 1 : dimension;
    }

    /** Where a stored vector lies; the vector itself when nothing is added. */
    public float[] ofStored(float[] vector) {
        requireDimension(vector);
        if (metric != Metric.DOT) {
            return vector;
        }
        double norm = Vectors.norm(vector);
        double rest = (double) maxNorm * maxNorm - norm * norm;
        return augmented(vector, 1, (float) Math.sqrt(Math.max(0, rest)));
    }

    /** Where a query lies. */
    public float[] ofQuery(float[] query) {
        requireDimension(query);
        if (metric != Metric.DOT) {
            return query;
        }
        double norm = Vectors.norm(query);
        return augmented(query, norm == 0 ? 1 : maxNorm / norm, 0);
    }

    /**
     * What to add to the squared distance between a stored vector and any query so that {@link #unit} and {@link #offset}
     * give its distance: 0 but for a vector that is longer than M.
     */
    public float lift(float[] vector) {
        if (metric != Metric.DOT) {
            return 0;
        }
        double norm = Vectors.norm(vector);
        return (float) Math.min(0, (double) maxNorm * maxNorm - norm * norm);
    }

    /** u in: internal distance = u · (squared distance here) + offset. 0 where nothing can be told from it. */
    public float unit(float[] query) {
        return switch (metric) {
            case EUCLIDEAN -> 1;
            case COSINE -> 0.5f;
            case DOT -> maxNorm == 0 ? 0 : (float) (Vectors.norm(query) / (2 * maxNorm));
            case MANHATTAN -> 0;
        };
    }

    /** See {@link #unit}. */
    public float offset(float[] query) {
        return metric == Metric.DOT ? (float) (-Vectors.norm(query) * maxNorm) : 0;
    }

    private void requireDimension(float[] vector) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException("dimension " + vector.length + " != " + dimension);
        }
    }

    private static float[] augmented(float[] vector, double scale, float last) {
        float[] result = new float[vector.length + 1];
        for (int i = 0; i < vector.length; i++) {
            result[i] = (float) (vector[i] * scale);
        }
        result[vector.length] = last;
        return result;
    }
}
