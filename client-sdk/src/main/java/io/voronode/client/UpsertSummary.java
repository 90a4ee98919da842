package io.voronode.client;

/**
 * The outcome of a bulk upsert.
 *
 * @param written records that were applied
 * @param superseded records that gave way to a later one of the same key in their batch
 * @param failed records that were refused or could not be written; the listener was told why
 */
public record UpsertSummary(long written, long superseded, long failed) {}
