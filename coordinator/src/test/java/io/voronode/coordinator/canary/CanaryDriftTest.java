package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How searches that find too little lead to a new calibration. */
class CanaryDriftTest extends CanaryBed {
    @Test
    void asksForANewCalibrationByTheQueriesOfUsersWhenSearchesFindLessThanPromised() {
        watch(99, PARAMS);
        watch(halfRight(), PARAMS.toBuilder().setFilter(FILTER).build());
        watch(100, PARAMS);
        watch(halfRight(), PARAMS.toBuilder().setFilter(FILTER).build());
        assertThat(asked).isEmpty();
        assertThat(canary.recalibrations()).isZero();

        watch(1, PARAMS);

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().uuid()).isEqualTo(uuid);
        assertThat(asked.getFirst().generation()).isEqualTo(1);
        assertThat(asked.getFirst().digest().size()).isEqualTo(32);
        assertThat(asked.getFirst().queries()).hasSize(100);
        assertThat(canary.recalibrations()).isEqualTo(1);
    }

    @Test
    void asksForNothingWhereTheCalibrationKnowsThatTheTargetIsOutOfReach() {
        estimate = 0.5;
        watch(300, PARAMS);

        assertThat(canary.meanExcess(uuid)).isEqualTo(-0.4);
        assertThat(asked).isEmpty();
    }

    @Test
    void asksForNothingWithoutACalibration() {
        estimate = Double.NaN;
        watch(300, PARAMS);

        assertThat(asked).isEmpty();
    }

    @Test
    void asksAgainAMinuteLaterAtTheEarliest() {
        shadowNanos = 0;
        accepting = false;
        watch(210, PARAMS);
        assertThat(asked).hasSize(1);
        assertThat(canary.recalibrations()).isZero();

        nanos += 60 * SECOND;
        watch(1, PARAMS);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aControllerThatCannotBeAskedDoesNoHarm() {
        RecallCanary lonely = new RecallCanary(
                1,
                this::search,
                (collectionUuid, generation, digest, vectors) -> {
                    throw new Unavailable("no controller");
                },
                new RecallCanary.Surroundings(Runnable::run, () -> 1, () -> 0, () -> random));
        try (lonely) {
            IntStream.range(0, 250).forEach(i -> lonely.answered(halfRight(), PARAMS));

            assertThat(lonely.done()).isEqualTo(250);
            assertThat(lonely.failed() + lonely.recalibrations()).isZero();
        }
    }

    @Test
    void collectsTheQueriesOfSixteenCollectionsAtATime() {
        shadowNanos = 0;
        for (int i = 0; i < 17; i++) {
            watchCollection(i);
        }
        assertThat(asked).extracting(Asked::uuid).hasSize(16).doesNotContain(uuid(16));

        canary.retain(IntStream.range(1, 17).mapToObj(CanaryDriftTest::uuid).toList());
        watchCollection(16);
        assertThat(asked).extracting(Asked::uuid).hasSize(17).endsWith(uuid(16));
    }

    private void watchCollection(int number) {
        CollectionImage other = new CollectionImage(
                collection.spec().toBuilder().setUuid(uuid(number)).build(),
                false,
                false,
                collection.serving(),
                collection.generations());
        IntStream.range(0, 201).forEach(i -> watch(answer(hits("a", "b"), 1, trace(other, 100, false)), PARAMS));
    }

    private static ByteString uuid(int number) {
        return ByteString.copyFromUtf8("collection " + number);
    }
}
