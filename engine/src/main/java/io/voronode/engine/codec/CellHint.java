package io.voronode.engine.codec;

/**
 * Tells the index which cell the vectors of a document belong to, around the call that adds the document:
 *
 * <pre>{@code
 * try (var _ = CellHint.stamp(cell)) {
 *     writer.updateDocument(key, document);
 * }
 * }</pre>
 *
 * <p>Lucene hands a document's vectors to the format on the calling thread, so the hint belongs to that thread and is
 * closed by it. Hints nest; the inner one counts.
 */
public final class CellHint implements AutoCloseable {

    static final int NONE = -1;

    private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> NONE);

    private final int outer;

    private CellHint(int outer) {
        this.outer = outer;
    }

    /** From now until it is closed, vectors that this thread adds are stamped with the cell. */
    public static CellHint stamp(int cell) {
        if (cell < 0) {
            throw new IllegalArgumentException("cell " + cell + " < 0");
        }
        CellHint hint = new CellHint(CURRENT.get());
        CURRENT.set(cell);
        return hint;
    }

    /** The cell of the innermost hint of this thread, {@link #NONE} without one. */
    static int current() {
        return CURRENT.get();
    }

    @Override
    public void close() {
        if (outer == NONE) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
