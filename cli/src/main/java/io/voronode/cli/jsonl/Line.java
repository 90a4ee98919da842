package io.voronode.cli.jsonl;

import io.voronode.client.VectorRecord;

/** What a line of the file holds. */
public sealed interface Line {
    /** Counted from 1. */
    long number();

    /** A record. */
    record Good(long number, VectorRecord record) implements Line {}

    /** Something else; the problem in a sentence. */
    record Bad(long number, String problem) implements Line {}
}
