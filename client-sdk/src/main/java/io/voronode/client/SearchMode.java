package io.voronode.client;

/** How records were found. */
public enum SearchMode {
    /** By scanning the nearest cells. */
    CELLS,
    /** By comparing every record that matches the filter: exact. */
    EXACT_FILTERED
}
