package io.voronode.cli.filter;

/** A text is no filter. The message names the place and shows it. */
public final class FilterTextException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FilterTextException(String message) {
        super(message);
    }
}
