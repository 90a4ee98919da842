package io.voronode.client;

/** How far two vectors are from each other. In every metric smaller distances are nearer and larger scores are better. */
public enum Metric {
    /** The root of the summed squared differences. */
    EUCLIDEAN,
    /** 1 − cos(a, b); zero vectors are refused. */
    COSINE,
    /** −⟨a, b⟩. */
    DOT,
    /** The summed absolute differences. */
    MANHATTAN
}
