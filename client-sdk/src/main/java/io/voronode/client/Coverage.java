package io.voronode.client;

import java.util.List;

/**
 * How much of what should have been scanned was.
 *
 * @param share scanned cells over chosen cells, 0 to 1
 * @param cellsWanted cells chosen for the query
 * @param cellsScanned cells scanned by their shards
 * @param reasons why cells are missing, one line per shard
 */
public record Coverage(double share, int cellsWanted, int cellsScanned, List<String> reasons) {

    public Coverage {
        reasons = List.copyOf(reasons);
    }
}
