package io.voronode.coordinator.gather;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.v1.Coverage;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.WaveExplanation;
import io.voronode.wire.VectorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One query in one generation: its ranked cells, how many of them have been sent out and scanned, and what was found. Owned by
 * the thread that runs the waves; the ranking is the only part that another thread may set, between waves.
 */
final class QueryScan {
    private final float[] vector;
    private final ByteString packed;
    private final CellMap map;
    private final HitMerge merge = new HitMerge();
    private final List<WaveExplanation.Builder> waves = new ArrayList<>();
    private final SortedMap<Integer, String> missing = new TreeMap<>();
    private RankedCells ranked = new RankedCells(new int[0], new float[0]);
    private int asked;
    private int wanted;
    private int scanned;
    private long vectorsScanned;
    private boolean more;

    /**
     * A query that nothing has been done for.
     *
     * @param vector normalised for COSINE; owned by this
     * @param k hits wanted of each shard
     */
    QueryScan(float[] vector, CellMap map, int k) {
        this.vector = vector;
        this.packed = VectorBytes.pack(vector);
        this.map = map;
        this.asked = k;
    }

    /** Chooses the cells of the first wave. */
    void rank(ProbePlan plan) {
        ranked = plan.cells(map, vector);
    }

    /** Chooses as many more cells. */
    void widen() {
        ranked = map.rank(vector, (int) Math.min(map.cellCount(), 2L * wanted));
    }

    /** The next wave: all chosen cells that no wave had, grouped by shard, nearest first. */
    List<Probe> wave() {
        int from = wanted;
        wanted = ranked.size();
        return probes(from);
    }

    /** All cells once more, for so many hits of each shard. */
    List<Probe> again(int k) {
        asked = k;
        scanned = 0;
        more = false;
        missing.clear();
        return probes(0);
    }

    private List<Probe> probes(int from) {
        WaveExplanation.Builder wave = WaveExplanation.newBuilder();
        SortedMap<Integer, Probe> byShard = new TreeMap<>();
        for (int rank = from; rank < wanted; rank++) {
            int cell = ranked.cells()[rank];
            wave.addCells(cell);
            int shard = map.shardOf(cell);
            byShard.computeIfAbsent(shard, ignored -> new Probe(this, shard)).add(cell, ranked.distances()[rank]);
        }
        waves.add(wave);
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
        more |= result.getHitsCount() >= asked;
        scanned += probe.cellCount();
        vectorsScanned += result.getVectorsScanned();
        missing.remove(probe.shard());
        waves.getLast()
                .addShards(ShardExplanation.newBuilder()
                        .setShard(probe.shard())
                        .setNode(node)
                        .setCellsScanned(probe.cellCount())
                        .setVectorsScanned(result.getVectorsScanned())
                        .setScanTime(result.getScanTime()));
    }

    void missing(int shard, String reason) {
        missing.put(shard, reason);
    }

    HitMerge merge() {
        return merge;
    }

    int asked() {
        return asked;
    }

    /** Whether a shard may hold further hits in the scanned cells. */
    boolean more() {
        return more;
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

    Coverage coverage() {
        Coverage.Builder coverage =
                Coverage.newBuilder().setShare(share()).setCellsWanted(wanted).setCellsScanned(scanned);
        missing.forEach((shard, reason) -> coverage.addReasons("shard " + shard + ": " + reason));
        return coverage.build();
    }

    long vectorsScanned() {
        return vectorsScanned;
    }

    List<WaveExplanation> explainedWaves() {
        return waves.stream().map(WaveExplanation.Builder::build).toList();
    }
}
