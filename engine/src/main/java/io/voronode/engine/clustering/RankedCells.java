package io.voronode.engine.clustering;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Cells by ascending squared distance of their centroid from a query, equal distances by cell number.
 *
 * @param cells owned by the caller
 * @param distances of the cells, same length
 */
@SuppressWarnings("ArrayRecordComponent") // a result handed over once and iterated by index; never compared
public record RankedCells(int[] cells, float[] distances) {

    public int size() {
        return cells.length;
    }

    /**
     * All of these, then those of a longer ranking that are not among them. Rankings of many cells may differ in which of the farthest they
     * miss ({@link CellMap#rank}), so who has taken these cannot go on at the same place in another.
     */
    public RankedCells continuedBy(RankedCells longer) {
        int[] known = cells.clone();
        Arrays.sort(known);
        int[] added = IntStream.range(0, longer.size())
                .filter(rank -> Arrays.binarySearch(known, longer.cells()[rank]) < 0)
                .toArray();
        int[] allCells = Arrays.copyOf(cells, cells.length + added.length);
        float[] allDistances = Arrays.copyOf(distances, allCells.length);
        for (int i = 0; i < added.length; i++) {
            allCells[cells.length + i] = longer.cells()[added[i]];
            allDistances[cells.length + i] = longer.distances()[added[i]];
        }
        return new RankedCells(allCells, allDistances);
    }

    /** The first n of them. */
    public RankedCells nearest(int n) {
        return n == size() ? this : new RankedCells(Arrays.copyOf(cells, n), Arrays.copyOf(distances, n));
    }
}
