package io.voronode.engine.clustering;

import io.voronode.engine.clustering.CalibratedIndex.GroupedSearch;
import io.voronode.engine.clustering.CalibratedIndex.Hit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One row or query of a {@link CalibrationRun} on its way. Owned by its thread. */
final class CalibrationQuery<K> {

    /** Groups are one cell each at first, and later of one part in so many of the cells before them. */
    private static final int GROUPS_AT_A_RANK = 16;

    /** How much of a distance it may differ by when it is computed beside other vectors. */
    private static final float ROUNDING = 1e-5f;

    private static final int GONE = -1;

    private final CalibrationRun.Row<K> row;
    private final int[] classes;
    /** Hits beside its neighbours: a row finds itself. */
    private final int own;

    private final RankedCells ranked;
    private final int[] groupEnds;
    private List<Hit<K>> neighbours = List.of();
    private int[] groups = {};

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

    GroupedSearch overAllCells() {
        return new GroupedSearch(
                row.vector(), most() + own, Float.POSITIVE_INFINITY, ranked, new int[] {ranked.size()});
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

    /** Whether it has a neighbour at all. */
    boolean hasNeighbours() {
        return !neighbours.isEmpty();
    }

    /** The same cells in small groups, within the distance of the farthest neighbour: tells where each of them is. */
    GroupedSearch inGroups() {
        float farthest = neighbours.getLast().distance();
        float bound = farthest + ROUNDING * Math.abs(farthest);
        return new GroupedSearch(row.vector(), neighbours.size() + own, bound, ranked, groupEnds);
    }

    /** Takes where the neighbours are. */
    void setGroups(List<List<Hit<K>>> hits) {
        Map<K, Integer> groupOf = new HashMap<>();
        for (int group = 0; group < hits.size(); group++) {
            int number = group;
            hits.get(group).forEach(hit -> groupOf.put(hit.key(), number));
        }
        // What is not where it was a moment ago has been overwritten since.
        groups = neighbours.stream()
                .mapToInt(neighbour -> groupOf.getOrDefault(neighbour.key(), GONE))
                .toArray();
    }

    /** Whether it is searched for k neighbours and has as many. */
    boolean has(int k) {
        return neighbours.size() >= k && IntStream.of(classes).anyMatch(own -> own == k);
    }

    /** As a user's search that scans just enough groups for the k nearest. */
    GroupedSearch asUsual(int k) {
        int last = IntStream.of(groups).limit(k).max().orElse(GONE);
        int end = last == GONE ? 1 : groupEnds[last];
        return new GroupedSearch(row.vector(), k + own, Float.POSITIVE_INFINITY, ranked, new int[] {end});
    }

    /**
     * The ranks of the cells of the k nearest; those of one group are spread over it. Lost are those that a usual search did
     * not find.
     */
    int[] ranks(int k, List<Hit<K>> usual) {
        Set<K> found = usual.stream().map(Hit::key).collect(Collectors.toSet());
        int[] inGroup = new int[groupEnds.length];
        int[] ranks = new int[k];
        for (int i = 0; i < k; i++) {
            boolean lost =
                    groups[i] == GONE || !found.contains(neighbours.get(i).key());
            ranks[i] = lost ? ProbeCalibrator.LOST : start(groups[i]) + inGroup[groups[i]]++ % size(groups[i]);
        }
        return ranks;
    }

    private int start(int group) {
        return group == 0 ? 0 : groupEnds[group - 1];
    }

    private int size(int group) {
        return groupEnds[group] - start(group);
    }
}
