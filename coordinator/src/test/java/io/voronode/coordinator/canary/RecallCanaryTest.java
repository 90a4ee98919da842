package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.v1.SearchParams;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecallCanaryTest extends CanaryBed {
    @Test
    void searchesAgainOverAllCellsWithNothingButKeysAndTellsTheShareThatWasFound() {
        SearchParams params = PARAMS.toBuilder()
                .setWithPayload(true)
                .setExplain(true)
                .setFilter(FILTER)
                .build();

        watch(halfRight(), params);

        assertThat(searched.getFirst().getNprobe()).isEqualTo(-1);
        assertThat(searched.getFirst().hasTargetRecall()).isFalse();
        assertThat(searched.getFirst().getK()).isEqualTo(4);
        assertThat(searched.getFirst().getFilter()).isEqualTo(FILTER);
        assertThat(searched.getFirst().getWithPayload()).isFalse();
        assertThat(queries.getFirst().getFirst().getVector().getValuesList()).containsExactly(1f, 2f, 3f, 4f);
        assertThat(canary.meanRecall(uuid)).isEqualTo(0.5);
        assertThat(canary.meanExcess(uuid)).isEqualTo(-0.4);
        assertThat(canary.done()).isEqualTo(1);
    }

    @Test
    void aboveAMillionRecordsScansEightTimesTheCells() {
        watch(answer(hits("a"), 1, trace(collection, 1_000_001, false)), PARAMS);

        assertThat(searched.getFirst().getNprobe()).isEqualTo(24);
    }

    @Test
    void aboveAMillionRecordsNeverScansAllCellsWhichWouldCompareAllVectors() {
        watch(answer(hits("a"), 1, trace(collection, 20, 1_000_001, false)), PARAMS);

        int cells = collection.servingGeneration().map().cellCount();
        assertThat(searched.getFirst().getNprobe()).isEqualTo(cells - 1);
    }

    @Test
    void theSearchThatWasAnsweredDoesNotWait() {
        canary.answered(halfRight(), PARAMS);

        assertThat(searched).isEmpty();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void takesTheShareOfSearchesThatItIsGiven() {
        random = 0.00099;
        watch(halfRight(), PARAMS);
        random = 0.001;
        watch(halfRight(), PARAMS);

        assertThat(canary.done()).isEqualTo(1);
        assertThat(canary.skipped()).isZero();
    }

    @Test
    void aShareOfZeroTurnsItOff() {
        RecallCanary off = canary(0);
        off.answered(halfRight(), PARAMS);
        off.close();

        assertThat(waiting).isEmpty();
    }

    @Test
    void runsOneShadowAtATimeAndCountsWhatItSkips() {
        canary.answered(halfRight(), PARAMS);
        canary.answered(halfRight(), PARAMS);

        assertThat(waiting).hasSize(1);
        assertThat(canary.skipped()).isEqualTo(1);
    }

    @Test
    void takesAHundredthOfTheTime() {
        canary.answered(halfRight(), PARAMS);
        runAll();
        nanos += 98 * SECOND;
        canary.answered(halfRight(), PARAMS);
        assertThat(waiting).isEmpty();

        nanos += SECOND;
        canary.answered(halfRight(), PARAMS);
        assertThat(waiting).hasSize(1);
        assertThat(canary.skipped()).isEqualTo(1);
    }

    @Test
    void aBatchIsAsLikelyToGetAShadowAsItsQueriesOneByOne() {
        SearchAnswer one = halfRight();
        SearchAnswer batch = new SearchAnswer(
                Collections.nCopies(50, one.results().getFirst()),
                Collections.nCopies(50, one.traces().getFirst()),
                one.token(),
                0,
                Map.of(),
                one.explanation());

        random = 0.0499;
        watch(batch, PARAMS);
        random = 0.05;
        watch(batch, PARAMS);

        assertThat(canary.done()).isEqualTo(1);
    }

    @Test
    void ofABatchOneQueryAtMost() {
        SearchAnswer one = halfRight();
        SearchAnswer batch = new SearchAnswer(
                Collections.nCopies(50, one.results().getFirst()),
                Collections.nCopies(50, one.traces().getFirst()),
                one.token(),
                0,
                Map.of(),
                one.explanation());

        canary.answered(batch, PARAMS);

        assertThat(waiting).hasSize(1);
        assertThat(canary.skipped()).isZero();
    }

    @Test
    void leavesPartialAndExactAnswersAlone() {
        watch(answer(hits("a"), 0.9, false), PARAMS);
        watch(answer(hits("a"), 1, true), PARAMS);

        assertThat(canary.done() + canary.skipped()).isZero();
    }

    @Test
    void errorsAreCountedAndChargedAndDisturbNobody() {
        failing = true;
        canary.answered(halfRight(), PARAMS);
        runAll();
        canary.answered(halfRight(), PARAMS);
        nanos += 100 * SECOND;
        rejecting = true;
        canary.answered(halfRight(), PARAMS);

        assertThat(canary.failed()).isEqualTo(2);
        assertThat(canary.skipped()).isEqualTo(1);
        assertThat(canary.done()).isZero();
        assertThat(canary.meanRecall(uuid)).isNaN();
    }

    @Test
    void whatFindsNothingAtAllTellsNothing() {
        truth = List.of();

        watch(answer(List.of(), 1, false), PARAMS);

        assertThat(canary.done()).isEqualTo(1);
        assertThat(canary.meanRecall(uuid)).isNaN();
    }

    @Test
    void withoutATargetOrANumberOfCellsTheDefaultIsTheTarget() {
        watch(halfRight(), SearchParams.newBuilder().setK(4).build());
        assertThat(canary.meanExcess(uuid)).isEqualTo(0.5 - 0.95);
    }

    @Test
    void aNumberOfCellsIsNoTarget() {
        watch(halfRight(), SearchParams.newBuilder().setK(4).setNprobe(3).build());

        assertThat(canary.meanRecall(uuid)).isEqualTo(0.5);
        assertThat(canary.meanExcess(uuid)).isNaN();
    }

    @Test
    void measuresGraphsWhichHaveNoTarget() {
        CollectionImage graph = ofKind(IndexKind.HNSW);
        watch(
                answer(hits("a", "b"), 1, trace(graph, 100, false)),
                SearchParams.newBuilder().setK(4).build());
        watch(
                answer(hits("a", "b"), 1, trace(graph, 2_000_000, false)),
                SearchParams.newBuilder().setK(4).build());

        assertThat(searched).extracting(SearchParams::getNprobe).containsExactly(-1, 0);
        assertThat(searched).extracting(SearchParams::getEf).containsExactly(0, 10_000);
        assertThat(canary.meanRecall(uuid)).isEqualTo(0.5);
        assertThat(canary.meanExcess(uuid)).isNaN();
    }

    private CollectionImage ofKind(IndexKind kind) {
        GenerationImage serving = collection.servingGeneration();
        GenerationNode node =
                serving.node().toBuilder().setIndexKind(kind.wireNumber()).build();
        return new CollectionImage(
                collection.spec(),
                false,
                false,
                collection.serving(),
                new TreeMap<>(
                        Map.of(1, new GenerationImage(node, serving.map(), serving.calibration(), serving.shards()))));
    }

    @Test
    void forgetsCollectionsThatAreGone() {
        watch(halfRight(), PARAMS);

        canary.retain(Set.of());

        assertThat(canary.meanRecall(uuid)).isNaN();
    }

    @Test
    void aCoordinatorThatClosesBreaksOffTheShadowThatRuns() {
        duringSearch = () -> {
            canary.close();
            assertThat(searchedIn.isCancelled()).isTrue();
            throw new Unavailable("the call was cancelled");
        };
        watch(halfRight(), PARAMS);
        assertThat(canary.failed()).isEqualTo(1);

        duringSearch = () -> {};
        watch(halfRight(), PARAMS);
        assertThat(searched).isEmpty();
        assertThat(canary.failed()).isEqualTo(2);
    }
}
