package io.voronode.embedding;

import org.jspecify.annotations.Nullable;

/** Why a text has no vector, and by {@link #reason()} whose fault that is. */
public final class EmbeddingException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Whose fault it is. */
    public enum Reason {
        /** A text of the caller cannot be embedded. */
        INVALID_TEXT,
        /** No model has the name. */
        UNKNOWN_MODEL,
        /** The model's files are missing, damaged or of a kind that is not understood. */
        UNUSABLE_MODEL,
        /** Closed or interrupted: another embedder, or the same later, may succeed. */
        UNAVAILABLE,
        /** The model failed on input that it should accept. */
        INTERNAL
    }

    private final Reason reason;

    public EmbeddingException(Reason reason, String message) {
        this(reason, message, null);
    }

    EmbeddingException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
