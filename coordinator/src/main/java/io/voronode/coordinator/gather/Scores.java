package io.voronode.coordinator.gather;

import io.voronode.engine.simd.Metric;

/** From the distance that shards compare by to the distance and score that users see (voronode/v1/types.proto). */
final class Scores {
    private Scores() {}

    /** EUCLIDEAN travels squared; the others as they are. */
    static double distance(Metric metric, float internal) {
        return switch (metric) {
            case EUCLIDEAN -> Math.sqrt(Math.max(0, internal));
            case COSINE, DOT, MANHATTAN -> internal;
        };
    }

    static double score(Metric metric, float internal) {
        return switch (metric) {
            case EUCLIDEAN -> 1 / (1 + Math.max(0, (double) internal));
            case COSINE -> 1 - (double) internal / 2;
            case DOT -> internal < 0 ? 1 - (double) internal : 1 / (1 + (double) internal);
            case MANHATTAN -> 1 / (1 + (double) internal);
        };
    }
}
