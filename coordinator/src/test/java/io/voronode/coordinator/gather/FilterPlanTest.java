package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.FilteredProbes;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.ShardHit;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilterPlanTest {
    private static final int CELLS = 40;
    private static final int SHARDS = 4;
    private static final int K = 10;
    private static final int FIRST = 4;
    private static final int RECORDS = 100_000;
    private static final FilteredProbes PROBES = new FilteredProbes(null, K, FIRST);

    private final CellMap map = map();
    private final QueryScan scan = new QueryScan(new float[] {0.1f, 0.2f}, map, K, FilteredProbes.EXACT_LIMIT);
    private final FilterPlan plan = new FilterPlan(K, PROBES, null);
    private int hits;

    private static CellMap map() {
        Random random = new Random(5);
        float[][] sample = IntStream.range(0, 2_000)
                .mapToObj(i -> new float[] {random.nextFloat(), random.nextFloat()})
                .toArray(float[][]::new);
        return CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, 2, CELLS, SHARDS, 1, 1), () -> false);
    }

    @Test
    void aLooseFilterThatFoundKIsDoneAfterTheFirstWave() {
        answer(firstWave(), RECORDS, K);
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Done());
    }

    @Test
    void theFewerMatchTheMoreCellsAreScanned() {
        answer(firstWave(), RECORDS / 4, K);
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Scan(PROBES.widened(FIRST, 0.25, 0.25)));
    }

    @Test
    void aFilterThatAcceptsLittleNearTheQueryScansMoreThanOneThatAcceptsAsMuchEverywhere() {
        for (Probe probe : firstWave()) {
            scan.take(
                    probe,
                    ProbeResult.newBuilder()
                            .setRecords(RECORDS)
                            .setAccepted(RECORDS / 4)
                            .setMet(1_000)
                            .setMetAccepted(100)
                            .build(),
                    "node-1");
        }
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Scan(PROBES.widened(FIRST, 0.1, 0.25)));
    }

    @Test
    void aKnownFilterTakesItsCellsWithTheFirstWave() {
        scan.rank(new ProbePlan.Fixed(FIRST, true, false));
        FilterPlan known = new FilterPlan(K, PROBES, new KnownFilters.Selectivity(0.1, RECORDS));
        assertThat(known.first(scan)).isEqualTo(new FilterPlan.Scan(PROBES.widened(FIRST, 0.1, 0.1)));
        assertThat(new FilterPlan(K, PROBES, new KnownFilters.Selectivity(0.1, 10)).first(scan))
                .isEqualTo(new FilterPlan.AskOthers());
        assertThat(plan.first(scan)).isEqualTo(new FilterPlan.Scan(FIRST));
    }

    @Test
    void fewMatchesInTheShardsOfTheFirstWaveAskTheOthersAndAreThenComplete() {
        answer(firstWave(), 7, 1);
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.AskOthers());
        List<Probe> others = others();
        assertThat(others).allSatisfy(probe -> assertThat(probe.cellCount()).isZero());
        answer(others, 7, 1);
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Done());
        assertThat(scan.coverage().getCellsScanned()).isEqualTo(CELLS);
        assertThat(scan.filter().accepted()).isEqualTo(7 * SHARDS);
    }

    @Test
    void manyMatchesInTheOtherShardsAreSearchedByCells() {
        answer(firstWave(), 7, 0);
        answer(others(), RECORDS, 0);
        FilterPlan.Step step = plan.next(scan);
        assertThat(step).isInstanceOf(FilterPlan.Scan.class);
        scan.prepare(step);
        assertThat(scan.wave())
                .as("cells of shards that are complete are not sent again")
                .noneSatisfy(probe ->
                        assertThat(scan.filter().isComplete(probe.shard())).isTrue());
    }

    @Test
    void goesOnUntilKAreFoundOrNoCellIsLeft() {
        answer(firstWave(), RECORDS, 0);
        int cells = FIRST;
        while (cells < CELLS) {
            cells = Math.min(CELLS, 2 * cells);
            assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Scan(cells));
            scan.prepare(new FilterPlan.Scan(cells));
            answer(scan.wave(), RECORDS, 0);
        }
        assertThat(plan.next(scan)).isEqualTo(new FilterPlan.Done());
    }

    @Test
    void askingAgainAsksCompleteShardsForAllThatMatches() {
        answer(firstWave(), 7, 1);
        answer(others(), 7, 1);
        List<Probe> again = scan.again(2 * K);
        assertThat(again).extracting(Probe::shard).containsExactly(0, 1, 2, 3);
        assertThat(again)
                .allSatisfy(probe -> assertThat(probe.toWire(0).getExactLimit()).isEqualTo(Integer.MAX_VALUE));
    }

    private List<Probe> firstWave() {
        scan.rank(new ProbePlan.Fixed(FIRST, true, false));
        List<Probe> wave = scan.wave();
        assertThat(wave).hasSizeLessThan(SHARDS);
        return wave;
    }

    private List<Probe> others() {
        scan.prepare(new FilterPlan.AskOthers());
        return scan.wave();
    }

    private void answer(List<Probe> probes, long accepted, int hitsOfEach) {
        for (Probe probe : probes) {
            ProbeResult.Builder result = ProbeResult.newBuilder()
                    .setRecords(RECORDS)
                    .setAccepted(accepted)
                    .setExactFiltered(accepted <= FilteredProbes.EXACT_LIMIT);
            for (int i = 0; i < hitsOfEach; i++) {
                result.addHits(ShardHit.newBuilder()
                        .setKey("key-" + hits++)
                        .setVersion(1)
                        .setDistance(hits));
            }
            scan.take(probe, result.build(), "node-1");
        }
    }
}
