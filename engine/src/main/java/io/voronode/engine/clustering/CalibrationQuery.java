package io.voronode.engine.clustering;

import io.voronode.engine.clustering.CalibratedIndex.GroupedSearch;
import io.voronode.engine.clustering.CalibratedIndex.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** One row of a {@link CalibrationRun} on its way. Owned by its thread. */
final class CalibrationQuery<K> {

    /** Groups are one cell each at first, and later of one part in so many of the cells before them. */
    private static final int GROUPS_AT_A_RANK = 16;

    /** How much of a distance it may differ by when it is computed beside other vectors. */
    private static final float ROUNDING = 1e-5f;

    private final CalibrationRun.Row<K> row;
    private final int[] classes;
    private final RankedCells ranked;
    private final int[] groupEnds;
    private List<Hit<K>> neighbours = List.of();

    /**
     * A row that nothing is known of.
     *
     * @param classes numbers of neighbours that it is searched for, ascending
     */
    CalibrationQuery(CalibrationRun.Row<K> row, int[] classes, CellMap map) {
        this.row = row;
        this.classes = classes;
        this.ranked = map.rank(row.vector(), map.cellCount());
        this.groupEnds = groupEnds(map.cellCount());
    }

    private static int[] groupEnds(int cells) {
        IntStream ends = IntStream.iterate(1, end -> end < cells, end -> end + 1 + end / GROUPS_AT_A_RANK);
        return IntStream.concat(ends, IntStream.of(cells)).toArray();
    }

    int[] classes() {
        return classes;
    }

    float[] distances() {
        return ranked.distances();
    }

    /** One hit more than neighbours are wanted: the row finds itself. */
    GroupedSearch overAllCells() {
        return new GroupedSearch(row.vector(), most() + 1, Float.POSITIVE_INFINITY, ranked, new int[] {ranked.size()});
    }

    void setNeighbours(List<Hit<K>> hits) {
        neighbours = hits.stream()
                .filter(hit -> !hit.key().equals(row.key()))
                .sorted(Comparator.comparingDouble(Hit::distance))
                .limit(most())
                .toList();
    }

    private int most() {
        return classes[classes.length - 1];
    }

    /** Whether it is searched for k neighbours and has as many. */
    boolean has(int k) {
        return neighbours.size() >= k && IntStream.of(classes).anyMatch(own -> own == k);
    }

    GroupedSearch inGroups(int k) {
        float farthest = neighbours.get(k - 1).distance();
        return new GroupedSearch(row.vector(), k + 1, farthest + ROUNDING * Math.abs(farthest), ranked, groupEnds);
    }

    /** The rank of the cell of each of the k nearest; those that one group has are spread over it. */
    int[] ranks(int k, List<List<Hit<K>>> groups) {
        Set<K> wanted = new HashSet<>();
        neighbours.stream().limit(k).forEach(neighbour -> wanted.add(neighbour.key()));
        List<Integer> ranks = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            int found = 0;
            for (Hit<K> hit : groups.get(group)) {
                found += wanted.remove(hit.key()) ? 1 : 0;
            }
            spread(found, group, ranks);
        }
        int[] all = new int[k];
        Arrays.setAll(all, i -> i < ranks.size() ? ranks.get(i) : ProbeCalibrator.LOST);
        return all;
    }

    private void spread(int found, int group, List<Integer> ranks) {
        int start = group == 0 ? 0 : groupEnds[group - 1];
        for (int i = 0; i < found; i++) {
            ranks.add(start + (int) ((i + 0.5) * (groupEnds[group] - start) / found));
        }
    }
}
