package io.voronode.coordinator.rows;

/** Which parts of a row are wanted beside its key and version. */
public record Projection(boolean vector, boolean payload, boolean document, boolean stamps) {
    // A payload and the largest vector are 80 KiB, a whole row 960 KiB, an internal message 17 MiB.
    private static final int ROWS_WITH_DOCUMENTS = 16;
    private static final int ROWS_WITH_PAYLOADS = 200;
    private static final int ROWS = 1_000;

    /** What users see of a record. */
    public Projection(boolean vector, boolean payload, boolean document) {
        this(vector, payload, document, false);
    }

    /** Rows that fit into one internal message, whatever they hold. */
    int rowsPerRead() {
        return document ? ROWS_WITH_DOCUMENTS : payload ? ROWS_WITH_PAYLOADS : ROWS;
    }
}
