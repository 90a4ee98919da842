package io.voronode.benchmarks.index;

import io.voronode.engine.clustering.CalibratedIndex;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** An index as its calibration sees it, rows being known by their number. */
record CalibrationScans(ShardSearcher searcher, IntUnaryOperator rowOf) implements CalibratedIndex<Integer> {

    /** As when the controller calibrates: one true neighbour in 30 000 is lost to its estimate. */
    private static final float SURE_EPSILON = 4;

    @Override
    public List<List<Hit<Integer>>> search(List<Scan> scans, Accuracy accuracy) {
        return scans.stream().map(scan -> hits(scan, accuracy)).toList();
    }

    private List<Hit<Integer>> hits(Scan scan, Accuracy accuracy) {
        float epsilon = accuracy == Accuracy.SURE ? SURE_EPSILON : CellQuery.DEFAULT_EPSILON;
        try {
            TopHits hits = searcher.search(new CellQuery(
                    scan.vector(),
                    scan.k(),
                    Arrays.copyOf(scan.ranked().cells(), scan.cells()),
                    Arrays.copyOf(scan.ranked().distances(), scan.cells()),
                    Float.POSITIVE_INFINITY,
                    epsilon,
                    null,
                    () -> false));
            return IntStream.range(0, hits.size())
                    .mapToObj(i -> new Hit<>(rowOf.applyAsInt(hits.docIds()[i]), hits.distances()[i], hits.cells()[i]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
