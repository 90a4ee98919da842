package io.voronode.coordinator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.coordinator.canary.RecallCanary;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CanaryMetersTest {
    private static final ByteString ONE = ByteString.copyFrom(new byte[] {0x0a, 1});
    private static final ByteString OTHER = ByteString.copyFrom(new byte[] {0x0a, 2});

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecallCanary canary = new RecallCanary(
            0.5,
            (collection, queries, params) -> {
                throw new IllegalStateException("nothing is searched");
            },
            (uuid, generation, digest, queries) -> false,
            new RecallCanary.Surroundings(Runnable::run, () -> 1, () -> 0, () -> 0));
    private final CanaryMeters meters = new CanaryMeters(registry, canary);

    @AfterEach
    void close() {
        canary.close();
    }

    private List<String> names() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getName() + (id.getTags().isEmpty() ? "" : " " + id.getTag("collection")))
                .sorted()
                .toList();
    }

    @Test
    void seriesOfCollectionsComeAndGoWithThem() {
        meters.follow(() -> Set.of(ONE, OTHER));
        meters.follow(() -> Set.of(ONE));

        assertThat(names())
                .containsExactly(
                        "voronode.canary.failed",
                        "voronode.canary.recalibrations",
                        "voronode.canary.recall 0a01",
                        "voronode.canary.recall.excess 0a01",
                        "voronode.canary.searches",
                        "voronode.canary.skipped");
    }

    @Test
    void aRecallThatWasNotMeasuredIsNoNumber() {
        meters.follow(() -> Set.of(ONE));

        assertThat(registry.get("voronode.canary.recall").gauge().value()).isNaN();
        assertThat(registry.get("voronode.canary.recall.excess").gauge().value())
                .isNaN();
        assertThat(registry.get("voronode.canary.searches").functionCounter().count())
                .isZero();
    }

    @Test
    void leavesNothingBehind() {
        meters.follow(() -> Set.of(ONE));
        meters.close();
        meters.follow(() -> Set.of(OTHER));

        assertThat(registry.getMeters()).isEmpty();
    }
}
