package io.voronode.benchmarks.index;

/**
 * The answer to a query. Owned by the receiver.
 *
 * @param rows of the base, nearest first
 * @param bytesRead of the index, to compare vectors or codes with the query: links of a graph and the ranking of cells are not counted
 */
@SuppressWarnings("ArrayRecordComponent") // a result, iterated by index and never compared
public record Found(int[] rows, long bytesRead) {}
