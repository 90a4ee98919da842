package io.voronode.engine.clustering;

import io.voronode.engine.clustering.CalibratedIndex.Hit;
import io.voronode.engine.clustering.CalibratedIndex.Scan;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One row or query of a {@link CalibrationRun} on its way. Owned by its thread. */
final class CalibrationQuery<K> {

    private final CalibrationRun.Row<K> row;
    private final int[] classes;
    /** Hits beside its neighbours: a row finds itself. */
    private final int own;

    private final RankedCells ranked;
    private List<Hit<K>> neighbours = List.of();
    /** Of the cell of each neighbour. */
    private int[] ranks = {};

    /**
     * A row that nothing is known of.
     *
     * @param classes numbers of neighbours that it is searched for, ascending
     */
    CalibrationQuery(CalibrationRun.Row<K> row, int[] classes, CellMap map) {
        this.row = row;
        this.classes = classes;
        this.own = row.key() == null ? 0 : 1;
        this.ranked = map.rank(row.vector(), map.cellCount());
    }

    int[] classes() {
        return classes;
    }

    float[] distances() {
        return ranked.distances();
    }

    Scan overAllCells() {
        return new Scan(row.vector(), most() + own, ranked, ranked.size());
    }

    void setNeighbours(List<Hit<K>> hits) {
        neighbours = hits.stream()
                .filter(hit -> !hit.key().equals(row.key()))
                .sorted(Comparator.comparingDouble(Hit::distance))
                .limit(most())
                .toList();
        int[] rankOf = new int[ranked.size()];
        for (int rank = 0; rank < rankOf.length; rank++) {
            rankOf[ranked.cells()[rank]] = rank;
        }
        ranks = neighbours.stream().mapToInt(hit -> rankOf[hit.cell()]).toArray();
    }

    private int most() {
        return classes[classes.length - 1];
    }

    /** Whether it is searched for k neighbours and has as many. */
    boolean has(int k) {
        return neighbours.size() >= k && IntStream.of(classes).anyMatch(own -> own == k);
    }

    /** As a user's search that scans just enough cells for the k nearest. */
    Scan asUsual(int k) {
        int last = IntStream.of(ranks).limit(k).max().orElse(0);
        return new Scan(row.vector(), k + own, ranked, last + 1);
    }

    /** The ranks of the cells of the k nearest. Lost are those that a usual search did not find. */
    int[] ranks(int k, List<Hit<K>> usual) {
        Set<K> found = usual.stream().map(Hit::key).collect(Collectors.toSet());
        int[] foundAt = Arrays.copyOf(ranks, k);
        for (int i = 0; i < k; i++) {
            if (!found.contains(neighbours.get(i).key())) {
                foundAt[i] = ProbeCalibrator.LOST;
            }
        }
        return foundAt;
    }
}
