package io.voronode.coordinator.control;

import io.voronode.coordinator.control.CalibrationSearch.GroupedQuery;
import io.voronode.coordinator.control.HeldOutRows.HeldOutRow;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.ProbeCalibrator;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.proto.internal.v1.ShardHit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Measures how many cells searches of a generation must scan to have a recall. Rows that were held out of training are searched for, each by
 * a search over all cells, which tells its true neighbours, and then by one over the same cells in small groups, within the distance of the
 * k-th, which tells in which group each of them is found, or that scanning loses it. Runs on a thread of its own and changes nothing.
 */
final class CalibrationJob {
    /** Cells of all queries of one call. */
    private static final int CELLS_AT_A_TIME = 1 << 16;

    private static final int MAX_QUERIES_AT_A_TIME = 16;
    /** Groups are one cell each up to this rank, then one part in so many of what is before them. */
    private static final int SINGLE_CELLS = 16;
    /** How much of a distance it may differ by when it is computed with other vectors. */
    private static final float ROUNDING = 1e-5f;

    private static final Comparator<ShardHit> NEAREST_FIRST =
            Comparator.comparingDouble(ShardHit::getDistance).thenComparing(ShardHit::getKey);

    private final CalibrationSearch search;
    private final CellMap map;
    private final long rows;
    private final ProbeCalibrator calibrator = new ProbeCalibrator();

    /**
     * A job that searches in these cells.
     *
     * @param rows of the collection
     */
    CalibrationJob(CalibrationSearch search, CellMap map, long rows) {
        this.search = search;
        this.map = map;
        this.rows = rows;
    }

    /**
     * The calibration by these rows.
     *
     * @throws CancellationException if cancelled
     * @throws IllegalStateException if there is no row, or none has a neighbour
     */
    ProbeCalibration run(List<HeldOutRow> queries, BooleanSupplier cancelled) {
        int step = Math.clamp(CELLS_AT_A_TIME / map.cellCount(), 1, MAX_QUERIES_AT_A_TIME);
        for (int from = 0; from < queries.size(); from += step) {
            throwIfCancelled(cancelled);
            List<Query> some = new ArrayList<>();
            for (int i = from; i < Math.min(queries.size(), from + step); i++) {
                some.add(new Query(queries.get(i), CalibrationPolicy.classes(i, rows)));
            }
            add(some);
        }
        return calibrator.fit(map.digest());
    }

    static void throwIfCancelled(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("calibration is cancelled");
        }
    }

    private void add(List<Query> queries) {
        List<List<List<ShardHit>>> all =
                search.hits(queries.stream().map(Query::overAllCells).toList());
        for (int i = 0; i < queries.size(); i++) {
            queries.get(i).setNeighbours(all.get(i).getFirst());
        }
        queries.stream()
                .flatMapToInt(query -> Arrays.stream(query.classes))
                .distinct()
                .forEach(k -> add(queries, k));
    }

    private void add(List<Query> queries, int k) {
        List<Query> having = queries.stream()
                .filter(query -> query.neighbours.size() >= k && query.isIn(k))
                .toList();
        List<List<List<ShardHit>>> found =
                search.hits(having.stream().map(query -> query.inGroups(k)).toList());
        for (int i = 0; i < having.size(); i++) {
            Query query = having.get(i);
            calibrator.add(query.ranked.distances(), k, query.ranks(k, found.get(i)));
        }
    }

    /** Ends of groups that are single cells at first and then grow with the rank. */
    private static int[] groupEnds(int cells) {
        List<Integer> ends = new ArrayList<>();
        for (int end = 1; end < cells; end += 1 + end / SINGLE_CELLS) {
            ends.add(end);
        }
        ends.add(cells);
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    /** One held-out row on its way. */
    private final class Query {
        private final HeldOutRow row;
        private final int[] classes;
        private final RankedCells ranked;
        private final int[] groupEnds = groupEnds(map.cellCount());
        private List<ShardHit> neighbours = List.of();

        Query(HeldOutRow row, int[] classes) {
            this.row = row;
            this.classes = classes;
            this.ranked = map.rank(row.vector(), map.cellCount());
        }

        boolean isIn(int k) {
            return Arrays.stream(classes).anyMatch(own -> own == k);
        }

        /** One hit more than neighbours are wanted: the row finds itself. */
        GroupedQuery overAllCells() {
            int most = classes[classes.length - 1];
            return new GroupedQuery(
                    row.vector(), most + 1, Float.POSITIVE_INFINITY, ranked, new int[] {map.cellCount()});
        }

        void setNeighbours(List<ShardHit> hits) {
            neighbours = hits.stream()
                    .filter(hit -> !hit.getKey().equals(row.key()))
                    .sorted(NEAREST_FIRST)
                    .limit(classes[classes.length - 1])
                    .toList();
        }

        GroupedQuery inGroups(int k) {
            float farthest = neighbours.get(k - 1).getDistance();
            return new GroupedQuery(row.vector(), k + 1, farthest + ROUNDING * Math.abs(farthest), ranked, groupEnds);
        }

        /** The rank of the cell of each of the k nearest; those of one group are spread over it. */
        int[] ranks(int k, List<List<ShardHit>> groups) {
            Set<String> wanted =
                    neighbours.stream().limit(k).map(ShardHit::getKey).collect(Collectors.toSet());
            int[] ranks = new int[k];
            Arrays.fill(ranks, ProbeCalibrator.LOST);
            int found = 0;
            for (int group = 0; group < groups.size(); group++) {
                int here = 0;
                for (ShardHit hit : groups.get(group)) {
                    here += wanted.remove(hit.getKey()) ? 1 : 0;
                }
                int start = group == 0 ? 0 : groupEnds[group - 1];
                for (int i = 0; i < here; i++) {
                    ranks[found++] = start + (int) ((i + 0.5) * (groupEnds[group] - start) / here);
                }
            }
            return ranks;
        }
    }
}
