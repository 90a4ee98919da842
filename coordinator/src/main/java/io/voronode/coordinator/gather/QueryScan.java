package io.voronode.coordinator.gather;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.v1.Coverage;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.WaveExplanation;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One query in one generation: its ranked cells, how many of them have been sent out and scanned, and what was found. Owned by
 * the thread that runs the waves; the ranking is the only part that another thread may set, between waves.
 */
final class QueryScan {
    private final float[] vector;
    private final ByteString packed;
    private final CellMap map;
    private final int exactLimit;
    private final FilterProgress filter;
    private final HitMerge merge = new HitMerge();
    private final List<WaveExplanation.Builder> waves = new ArrayList<>();
    private final SortedMap<Integer, Missing> missing = new TreeMap<>();
    private RankedCells ranked = new RankedCells(new int[0], new float[0]);
    private int planned;
    private int asked;
    private int wanted;
    private int scanned;
    private int probes;
    private long rankNanos;
    private final AtomicInteger hedges = new AtomicInteger();
    private long vectorsScanned;
    private long codesScanned;
    private long codesRefined;
    /** No hit that a shard left out is nearer; null where none was left out. */
    private @Nullable Float completeTo;

    private boolean asksOthers;
    private boolean askedOthers;

    /**
     * A query that nothing has been done for.
     *
     * @param vector normalised for COSINE; owned by this
     * @param k hits wanted of each shard
     * @param exactLimit matching records of a shard that are compared in place of its cells; 0 without a filter
     */
    QueryScan(float[] vector, CellMap map, int k, int exactLimit) {
        this.vector = vector;
        this.packed = VectorBytes.pack(vector);
        this.map = map;
        this.filter = new FilterProgress(map);
        this.asked = k;
        this.exactLimit = exactLimit;
    }

    /** Chooses the cells of the first wave. */
    void rank(ProbePlan plan) {
        long begun = System.nanoTime();
        ranked = plan.cells(map, vector);
        rankNanos += System.nanoTime() - begun;
        planned = ranked.size();
    }

    /** Cells of the first wave. */
    int planned() {
        return planned;
    }

    /** Chooses what the next wave asks for under a filter. */
    void prepare(FilterPlan.Step step) {
        switch (step) {
            case FilterPlan.Scan(int cells) -> rankMore(cells);
            case FilterPlan.AskOthers() -> asksOthers = true;
            case FilterPlan.Done() -> throw new IllegalStateException("a search that is done has no next wave");
        }
    }

    /** Chooses as many more cells. */
    void widen() {
        rankMore((int) Math.min(map.cellCount(), 2L * wanted));
    }

    private void rankMore(int cells) {
        if (cells > ranked.size()) {
            long begun = System.nanoTime();
            ranked = ranked.continuedBy(map.rank(vector, cells));
            rankNanos += System.nanoTime() - begun;
        }
    }

    /**
     * The next wave: all chosen cells that no wave had, grouped by shard, nearest first. Once, it asks the shards that no wave asked before
     * for what matches the filter, where that is little.
     */
    List<Probe> wave() {
        SortedMap<Integer, Probe> byShard = new TreeMap<>();
        if (asksOthers && !askedOthers) {
            askedOthers = true;
            shards(shard -> !filter.hasTold(shard))
                    .forEach(shard -> byShard.put(shard, new Probe(this, shard, exactLimit)));
        }
        int from = wanted;
        wanted = ranked.size();
        return probes(from, byShard);
    }

    /** All that was scanned once more, for so many hits of each shard. */
    List<Probe> again(int k) {
        asked = k;
        scanned = 0;
        completeTo = null;
        missing.clear();
        SortedMap<Integer, Probe> byShard = new TreeMap<>();
        for (int shard : shards(filter::isComplete).toArray()) {
            // What it told then is no answer to this.
            filter.forget(shard);
            byShard.put(shard, new Probe(this, shard, Integer.MAX_VALUE));
        }
        return probes(0, byShard);
    }

    private IntStream shards(IntPredicate wanted) {
        return IntStream.range(0, map.shardCount()).filter(wanted);
    }

    /** Adds the cells from a rank on; not those of shards that have compared all that matches. */
    private List<Probe> probes(int from, SortedMap<Integer, Probe> byShard) {
        WaveExplanation.Builder wave = WaveExplanation.newBuilder();
        for (int rank = from; rank < wanted; rank++) {
            int cell = ranked.cells()[rank];
            int shard = map.shardOf(cell);
            if (filter.isComplete(shard)) {
                scanned++;
            } else {
                wave.addCells(cell);
                byShard.computeIfAbsent(shard, ignored -> new Probe(this, shard, exactLimit))
                        .add(cell, ranked.distances()[rank]);
            }
        }
        waves.add(wave);
        probes += byShard.size();
        return List.copyOf(byShard.values());
    }

    QueryVector toWire() {
        QueryVector.Builder query = QueryVector.newBuilder().setVector(packed).setK(asked);
        Float bound = merge.bound(asked);
        if (bound != null) {
            query.setBound(bound);
        }
        return query.build();
    }

    /** Takes the answer to a probe of which all cells were scanned. */
    void take(Probe probe, ProbeResult result, String node) {
        result.getHitsList().forEach(merge::add);
        filter.take(probe.shard(), result);
        if (result.hasCompleteTo()) {
            completeTo = completeTo == null ? result.getCompleteTo() : Math.min(completeTo, result.getCompleteTo());
        }
        scanned += probe.cellCount();
        vectorsScanned += result.getVectorsScanned();
        codesScanned += result.getCodesScanned();
        codesRefined += result.getCodesRefined();
        missing.remove(probe.shard());
        waves.getLast()
                .addShards(ShardExplanation.newBuilder()
                        .setShard(probe.shard())
                        .setNode(node)
                        .setCellsScanned(probe.cellCount())
                        .setVectorsScanned(result.getVectorsScanned())
                        .setCodesScanned(result.getCodesScanned())
                        .setCodesRefined(result.getCodesRefined())
                        .setScanTime(result.getScanTime())
                        .setExactFiltered(result.getExactFiltered()));
    }

    /** A shard was asked at one more replica; any thread says so. */
    void hedged() {
        hedges.incrementAndGet();
    }

    void missing(int shard, Missing why) {
        missing.put(shard, why);
    }

    /** What a caller is told to whom what was scanned is too little. */
    VoronodeException tooLittle(String message) {
        return Missing.failure(message + ": " + String.join("; ", reasons()), missing.values());
    }

    private List<String> reasons() {
        return missing.entrySet().stream()
                .map(entry ->
                        "shard " + entry.getKey() + ": " + entry.getValue().reason())
                .toList();
    }

    HitMerge merge() {
        return merge;
    }

    /** What the shards have told about the filter. */
    FilterProgress filter() {
        return filter;
    }

    /** Whether there was a wave for shards without cells among the nearest. */
    boolean askedOthers() {
        return askedOthers;
    }

    int asked() {
        return asked;
    }

    /** Whether a shard may hold a hit in the scanned cells that is missing among the best k: hits that were merged have been dropped since. */
    boolean mayLack(int k) {
        Float last = merge.bound(k);
        return completeTo != null && (last == null || completeTo < last);
    }

    int wanted() {
        return wanted;
    }

    int cellCount() {
        return map.cellCount();
    }

    int dimension() {
        return vector.length;
    }

    double share() {
        return wanted == 0 ? 1 : (double) scanned / wanted;
    }

    /** Where every shard has compared all that matches, nothing is missing, whatever cells there are. */
    Coverage coverage() {
        if (filter.allAreComplete()) {
            return Coverage.newBuilder()
                    .setShare(1)
                    .setCellsWanted(cellCount())
                    .setCellsScanned(cellCount())
                    .build();
        }
        return Coverage.newBuilder()
                .setShare(share())
                .setCellsWanted(wanted)
                .setCellsScanned(scanned)
                .addAllReasons(reasons())
                .build();
    }

    /** How it was answered. */
    ScanTrace trace(CollectionImage collection, ProbePlan plan) {
        boolean graph = collection.servingGeneration().node().getIndexKind() == IndexKind.HNSW.wireNumber();
        // One cell alone has no codes.
        boolean vectorsOnly = plan.exact() || (cellCount() == 1 && !graph);
        boolean exact = filter.allAreComplete() || (vectorsOnly && wanted == cellCount());
        return new ScanTrace(
                collection,
                vector,
                wanted,
                waves.size(),
                probes,
                hedges.get(),
                rankNanos,
                Math.round(filter.recordsEverywhere()),
                plan.recall().orElse(Double.NaN),
                exact);
    }

    long vectorsScanned() {
        return vectorsScanned;
    }

    long codesScanned() {
        return codesScanned;
    }

    long codesRefined() {
        return codesRefined;
    }

    List<WaveExplanation> explainedWaves() {
        return waves.stream().map(WaveExplanation.Builder::build).toList();
    }
}
