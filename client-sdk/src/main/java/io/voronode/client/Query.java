package io.voronode.client;

/** What a search looks for: a vector or a text. */
public sealed interface Query {

    /** Looks for the neighbours of a vector. */
    static Query of(float... vector) {
        return new OfVector(vector);
    }

    /** Looks for the neighbours of a text, embedded by the collection's model. */
    static Query of(String text) {
        return new OfText(text);
    }

    /**
     * A vector.
     *
     * @param vector one finite value per dimension; borrowed, so do not change it until the search is answered
     */
    record OfVector(float[] vector) implements Query {}

    /**
     * A text.
     *
     * @param text embedded by the collection's model
     */
    record OfText(String text) implements Query {}
}
