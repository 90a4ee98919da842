package io.voronode.cli.jsonl;

/** A line that is no record; the message says why, without the number of the line. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1;

    BadLineException(String message) {
        super(message);
    }
}
