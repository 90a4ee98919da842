package io.voronode.benchmarks.index;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.FilteredProbes;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.QueryFilter;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * Searches an index under a filter as a coordinator does with one shard: first the cells that would be scanned without the filter, then as
 * many more as {@link FilteredProbes} says, twice as many as long as too few are found. Used by one thread; owns nothing.
 */
final class FilteredView implements MeasuredIndex {

    private final IndexFacts facts;
    private final CellMap map;
    private final ShardSearcher searcher;
    private final @Nullable QueryFilter filter;
    private final ProbeCalibration calibration;
    private final int records;
    private final int[] placeOfDocument;

    FilteredView(
            IndexFacts facts,
            CellMap map,
            ShardSearcher searcher,
            @Nullable Query filter,
            ProbeCalibration calibration,
            int records,
            int[] placeOfDocument) {
        this.facts = facts;
        this.map = map;
        this.searcher = searcher;
        this.filter = filter == null ? null : new QueryFilter(filter, FilteredProbes.EXACT_LIMIT);
        this.calibration = calibration;
        this.records = records;
        this.placeOfDocument = placeOfDocument;
    }

    @Override
    public IndexFacts facts() {
        return facts;
    }

    private record Hit(int document, float distance) {}

    @Override
    public Found search(float[] query, int k, int nprobe) throws IOException {
        Hit[] best = {};
        long met = 0;
        long metAccepted = 0;
        long bytes = 0;
        int scanned = 0;
        int wanted = Math.min(nprobe, map.cellCount());
        RankedCells ranked = new RankedCells(new int[0], new float[0]);
        while (wanted > scanned) {
            ranked = ranked.continuedBy(map.rank(query, wanted));
            wanted = ranked.size();
            TopHits hits = wave(query, k, ranked, scanned, best);
            best = merge(best, hits, k);
            met += hits.counters().met();
            metAccepted += hits.counters().metAccepted();
            bytes += hits.counters().bytes();
            scanned = hits.exactFiltered() ? map.cellCount() : wanted;
            wanted = filter == null ? scanned : wanted(k, nprobe, scanned, hits.accepted(), met, metAccepted);
            if (wanted == scanned && best.length < Math.min(k, hits.accepted())) {
                wanted = Math.min(map.cellCount(), 2 * scanned);
            }
        }
        return new Found(
                Arrays.stream(best)
                        .mapToInt(hit -> placeOfDocument[hit.document()])
                        .toArray(),
                bytes);
    }

    private TopHits wave(float[] query, int k, RankedCells ranked, int from, Hit[] best) throws IOException {
        return searcher.search(new CellQuery(
                query,
                k,
                Arrays.copyOfRange(ranked.cells(), from, ranked.size()),
                Arrays.copyOfRange(ranked.distances(), from, ranked.size()),
                best.length < k ? Float.POSITIVE_INFINITY : best[k - 1].distance(),
                CellQuery.DEFAULT_EPSILON,
                filter,
                () -> false));
    }

    private static Hit[] merge(Hit[] best, TopHits hits, int k) {
        Stream<Hit> found =
                IntStream.range(0, hits.size()).mapToObj(i -> new Hit(hits.docIds()[i], hits.distances()[i]));
        return Stream.concat(Arrays.stream(best), found)
                .sorted(Comparator.comparingDouble(Hit::distance))
                .limit(k)
                .toArray(Hit[]::new);
    }

    private int wanted(int k, int nprobe, int scanned, long accepted, long met, long metAccepted) {
        double overall = Math.max(1.0, (double) accepted) / records;
        double near = met == 0 ? overall : Math.max(0.5, (double) metAccepted) / met;
        FilteredProbes probes = new FilteredProbes(calibration, k, nprobe);
        return Math.clamp(probes.widened(nprobe, near, overall), scanned, map.cellCount());
    }

    @Override
    public void close() {
        // The index that this is a view of is closed by its owner.
    }
}
