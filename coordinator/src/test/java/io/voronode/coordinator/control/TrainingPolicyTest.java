package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.v1.IndexKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrainingPolicyTest {
    private static final int IVF = IndexKind.INDEX_KIND_IVF_FLAT_VALUE;
    private static final int FLAT = IndexKind.INDEX_KIND_FLAT_VALUE;
    private static final long PLENTY = 1L << 32;
    private static final long NOW_MS = Duration.ofDays(20_000).toMillis();

    @Test
    void trainsFirstAtTrainAtAlsoDuringALoad() {
        assertThat(TrainingPolicy.reason(collection(IVF), trained(0, IVF), now(9_999, true)))
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), trained(0, IVF), now(10_000, true)))
                .isPresent();
    }

    @Test
    void trainsAgainAfterFourFoldGrowthOrEightFoldDuringALoad() {
        assertThat(TrainingPolicy.reason(collection(IVF), trained(10_000, IVF), now(39_999, false)))
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), trained(10_000, IVF), now(40_000, false)))
                .isPresent();
        assertThat(TrainingPolicy.reason(collection(IVF), trained(10_000, IVF), now(79_999, true)))
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), trained(10_000, IVF), now(80_000, true)))
                .isPresent();
    }

    @Test
    void trainsAgainWhereCellsHaveBecomeTwiceAsUnevenAndOthersMayBeBetter() {
        GenerationNode serving = trained(10_000, IVF).toBuilder()
                .setTrainedImbalance(1.1f)
                .setPhaseTimeMs(NOW_MS - 1)
                .build();
        assertThat(TrainingPolicy.reason(collection(IVF), serving, uneven(12_500, 2.1, false)))
                .as("a little less than twice")
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), serving, uneven(12_500, 2.3, true)))
                .as("during a load")
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), serving, uneven(12_400, 2.3, false)))
                .as("hardly more records than when it was trained")
                .isEmpty();
        assertThat(TrainingPolicy.reason(collection(IVF), serving, uneven(12_500, 2.3, false)))
                .contains("its cells have become uneven: imbalance 2.3, 1.1 when trained");
        GenerationNode old = serving.toBuilder()
                .setPhaseTimeMs(NOW_MS - Duration.ofHours(1).toMillis())
                .build();
        assertThat(TrainingPolicy.reason(collection(IVF), old, uneven(10_000, 2.3, false)))
                .as("as many others in their place, an hour ago")
                .isPresent();
        GenerationNode unknown = old.toBuilder().clearTrainedImbalance().build();
        assertThat(TrainingPolicy.reason(collection(IVF), unknown, uneven(10_000, 2.3, false)))
                .isEmpty();
    }

    @Test
    void givesABuildUpAfterEightFoldGrowth() {
        GenerationNode building =
                trained(10_000, IVF).toBuilder().setCellCount(78).build();
        assertThat(TrainingPolicy.isOutgrown(building, 79_999)).isFalse();
        assertThat(TrainingPolicy.isOutgrown(building, 80_000)).isTrue();
        assertThat(TrainingPolicy.isOutgrown(
                        trained(0, FLAT).toBuilder().setCellCount(1).build(), 80_000))
                .isFalse();
    }

    @Test
    void aSmallTrainedCollectionIsNotTrainedAgainBeforeTrainAt() {
        assertThat(TrainingPolicy.reason(collection(IVF), trained(100, IVF), now(9_999, false)))
                .isEmpty();
    }

    @Test
    void neverTrainsKindFlatButChangesToIt() {
        CollectionNode asked =
                collection(FLAT).toBuilder().setRequestedGeneration(3).build();
        assertThat(TrainingPolicy.reason(asked, trained(0, FLAT), now(1_000_000, false)))
                .isEmpty();
        assertThat(TrainingPolicy.reason(asked, trained(0, IVF), now(1_000_000, false)))
                .isPresent();
        assertThat(TrainingPolicy.plan(collection(FLAT).getSpec(), 1_000_000, 3, PLENTY))
                .isEqualTo(new TrainingPolicy.Plan(1, 0, 1));
    }

    @Test
    void aimsAt128RecordsACellAnd64To256SampledRowsOfEach() {
        for (long rows : new long[] {1, 300, 10_000, 117_791, 1_000_000, 50_000_000}) {
            TrainingPolicy.Plan plan = TrainingPolicy.plan(collection(IVF).getSpec(), rows, 1, PLENTY);
            assertThat(plan.cells()).isEqualTo((int) Math.max(1, Math.min(16_384, Math.round(rows / 128.0))));
            assertThat(plan.sample() / plan.cells()).isBetween(64, 256);
        }
    }

    @Test
    void takesFewerCellsWhereMemoryHoldsOnlyASmallSample() {
        CollectionSpec wide =
                collection(IVF).getSpec().toBuilder().setDimension(1_000).build();
        TrainingPolicy.Plan plan = TrainingPolicy.plan(wide, 1_000_000, 1, 64L * 100 * 4_000);
        assertThat(plan.cells()).isEqualTo(100);
        assertThat(plan.sample()).isEqualTo(6_400);
    }

    @Test
    void cutsAShardPerQuarterMillionRowsAndOneANodeWhereItPays() {
        CollectionSpec spec = collection(IVF).getSpec();
        assertThat(TrainingPolicy.plan(spec, 20_000, 3, PLENTY).shards()).isEqualTo(1);
        assertThat(TrainingPolicy.plan(spec, 200_000, 3, PLENTY).shards()).isEqualTo(3);
        assertThat(TrainingPolicy.plan(spec, 1_000_000, 1, PLENTY).shards()).isEqualTo(4);
        assertThat(TrainingPolicy.plan(spec.toBuilder().setShards(7).build(), 20_000, 3, PLENTY)
                        .shards())
                .isEqualTo(7);
        assertThat(TrainingPolicy.plan(spec.toBuilder().setShards(7).build(), 600, 3, PLENTY)
                        .shards())
                .as("never more shards than cells")
                .isEqualTo(5);
    }

    @Test
    void ingestIsFastWhileTheCollectionWouldDoubleWithinTenMinutes() {
        IngestSpeed speed = new IngestSpeed(Duration.ofSeconds(10));
        ByteString uuid = ByteString.copyFromUtf8("u");
        assertThat(speed.isFast(uuid, 0, 40_000)).isFalse();
        assertThat(speed.isFast(uuid, 5_000, 43_000)).isTrue();
        assertThat(speed.isFast(uuid, 15_000, 43_100)).isFalse();
        assertThat(speed.isFast(uuid, 40_000, 43_100)).isFalse();
    }

    @Test
    void waitsTwiceAsLongAfterEachFailure() {
        RetryTimes<ByteString> backOff = new RetryTimes<>(Duration.ofSeconds(1));
        ByteString uuid = ByteString.copyFromUtf8("u");
        assertThat(backOff.mayTry(uuid, 0)).isTrue();
        backOff.failed(uuid, 0);
        assertThat(backOff.mayTry(uuid, 999)).isFalse();
        assertThat(backOff.mayTry(uuid, 1_000)).isTrue();
        backOff.failed(uuid, 1_000);
        assertThat(backOff.mayTry(uuid, 2_999)).isFalse();
        assertThat(backOff.mayTry(uuid, 3_000)).isTrue();
        assertThat(backOff.failures(uuid)).isEqualTo(2);
        backOff.succeeded(uuid);
        assertThat(backOff.mayTry(uuid, 0)).isTrue();
    }

    private static TrainingPolicy.Present now(long rows, boolean ingestIsFast) {
        return uneven(rows, 0, ingestIsFast);
    }

    private static TrainingPolicy.Present uneven(long rows, double imbalance, boolean ingestIsFast) {
        return new TrainingPolicy.Present(rows, imbalance, ingestIsFast, NOW_MS);
    }

    private static CollectionNode collection(int kind) {
        return CollectionNode.newBuilder()
                .setSpec(CollectionSpec.newBuilder()
                        .setName("articles")
                        .setDimension(8)
                        .setIndexKind(kind)
                        .setTrainAt(10_000))
                .build();
    }

    private static GenerationNode trained(long rows, int kind) {
        return GenerationNode.newBuilder()
                .setTrainedRecords(rows)
                .setIndexKind(kind)
                .build();
    }
}
