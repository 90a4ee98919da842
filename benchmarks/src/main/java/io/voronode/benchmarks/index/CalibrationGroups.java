package io.voronode.benchmarks.index;

import io.voronode.engine.clustering.CalibratedIndex;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** An index as its calibration sees it, rows being known by their number. */
record CalibrationGroups(ShardSearcher searcher, IntUnaryOperator rowOf) implements CalibratedIndex<Integer> {

    /** As when the controller calibrates: one true neighbour in 30 000 is lost to its estimate. */
    private static final float SURE_EPSILON = 4;

    @Override
    public List<List<List<Hit<Integer>>>> search(List<GroupedSearch> searches, Accuracy accuracy) {
        return searches.stream().map(search -> groups(search, accuracy)).toList();
    }

    private List<List<Hit<Integer>>> groups(GroupedSearch search, Accuracy accuracy) {
        List<List<Hit<Integer>>> groups = new ArrayList<>();
        for (int group = 0; group < search.groupCount(); group++) {
            groups.add(hits(search, group, accuracy));
        }
        return groups;
    }

    private List<Hit<Integer>> hits(GroupedSearch search, int group, Accuracy accuracy) {
        float epsilon = accuracy == Accuracy.SURE ? SURE_EPSILON : CellQuery.DEFAULT_EPSILON;
        try {
            RankedCells cells = cells(search, group);
            TopHits hits = searcher.search(new CellQuery(
                    search.vector(),
                    search.k(),
                    cells.cells(),
                    cells.distances(),
                    search.bound(),
                    epsilon,
                    null,
                    () -> false));
            return IntStream.range(0, hits.size())
                    .mapToObj(i -> new Hit<>(rowOf.applyAsInt(hits.docIds()[i]), hits.distances()[i]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RankedCells cells(GroupedSearch search, int group) {
        int from = search.groupStart(group);
        int to = search.groupEnd(group);
        return new RankedCells(
                Arrays.copyOfRange(search.ranked().cells(), from, to),
                Arrays.copyOfRange(search.ranked().distances(), from, to));
    }
}
