package io.voronode.client;

/**
 * The outcome of a delete by filter.
 *
 * @param matched records that matched when it began
 * @param deleted records that were deleted
 * @param changed records that were found, but were written or deleted by others before their turn came, and so were left alone
 */
public record FilteredDelete(long matched, long deleted, long changed) {}
