package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import java.util.Arrays;
import java.util.List;

/**
 * How evenly the vectors of an index lie in its cells. Of n vectors nᵢ in each of k cells, a search that probes cells in
 * proportion to what they hold scans k·Σnᵢ²/n² as many as if all held the same.
 *
 * @param vectors in posting lists, those included that are deleted and not yet merged away: scans meet them
 * @param squares Σnᵢ² over the cells, all segments taken together
 */
public record CellSpread(long vectors, double squares) {

    static CellSpread of(List<SegmentCells> segments) {
        long[] sizes = new long[cellBound(segments)];
        for (SegmentCells segment : segments) {
            for (int list = 0; segment.hasPostings() && list < segment.listCount(); list++) {
                sizes[segment.cellOf(list)] += segment.count(list);
            }
        }
        double squares = 0;
        for (long size : sizes) {
            squares += (double) size * size;
        }
        return new CellSpread(Arrays.stream(sizes).sum(), squares);
    }

    /** Above the highest cell that has vectors. */
    private static int cellBound(List<SegmentCells> segments) {
        return segments.stream()
                .filter(segment -> segment.hasPostings() && segment.listCount() > 0)
                .mapToInt(segment -> segment.cellOf(segment.listCount() - 1) + 1)
                .max()
                .orElse(0);
    }
}
