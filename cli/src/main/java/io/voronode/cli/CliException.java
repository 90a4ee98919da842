package io.voronode.cli;

import org.jspecify.annotations.Nullable;

/** Something that the user can put right; the message is one sentence for the user. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CliException(String message) {
        super(message);
    }

    public CliException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
