package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.IndexKind;
import io.voronode.proto.v1.Metric;
import io.voronode.wire.VoronodeException.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionLimitsTest {
    private static final ModelDimensions MODELS = model -> {
        if (!model.equals("small")) {
            throw new BadInput("unknown model \"" + model + "\"; known is small");
        }
        return 384;
    };

    @Test
    void fillsDefaultsIn() {
        CollectionSpec spec = spec(ControlBed.config("articles").toBuilder().clearTrainAt());

        assertThat(spec.getTrainAt()).isEqualTo(10_000);
        assertThat(spec.getIndexKind()).isEqualTo(IndexKind.INDEX_KIND_IVF_RABITQ_VALUE);
        CollectionConfig.Builder manhattan =
                ControlBed.config("articles").toBuilder().setMetric(Metric.METRIC_MANHATTAN);
        assertThat(spec(manhattan).getIndexKind()).isEqualTo(IndexKind.INDEX_KIND_IVF_SQ8_VALUE);
    }

    @Test
    void takesTheDimensionFromTheModel() {
        CollectionConfig.Builder config =
                ControlBed.config("articles").toBuilder().setModel("small");

        assertThat(spec(config.clone().clearDimension()).getDimension()).isEqualTo(384);
        assertRefused(config.clone().setDimension(8), "dimension 8 != 384");
        assertRefused(config.clone().setModel("none"), "unknown model \"none\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "-a", "_a", "A", "a b", "ä", "😀", "a/b", "a.b"})
    void refusesOtherNames(String name) {
        assertRefused(ControlBed.config(name).toBuilder(), "[a-z0-9][a-z0-9_-]{0,62}");
    }

    @Test
    void refusesALongNameWithItsLength() {
        assertThat(spec(ControlBed.config("a".repeat(63)).toBuilder()).getName())
                .hasSize(63);
        assertRefused(ControlBed.config("a".repeat(300)).toBuilder(), "of 300 characters");
    }

    @Test
    void namesTheValueAndTheLimit() {
        CollectionConfig.Builder config = ControlBed.config("articles").toBuilder();

        assertRefused(config.clone().setDimension(0), "dimension 0 is not between 1 and 4096");
        assertRefused(config.clone().setDimension(4_097), "dimension 4097 is not between 1 and 4096");
        assertRefused(config.clone().setDimension(-1), "dimension 4294967295 is not between 1 and 4096");
        assertRefused(config.clone().setMetric(Metric.METRIC_UNSPECIFIED), "metric number 0");
        assertRefused(config.clone().setMetricValue(9), "metric number 9");
        assertRefused(config.clone().setIndexKindValue(77), "index kind number 77");
        assertRefused(
                config.clone().setMetric(Metric.METRIC_MANHATTAN).setIndexKind(IndexKind.INDEX_KIND_IVF_RABITQ),
                "index kind IVF_RABITQ does not go with metric MANHATTAN");
        assertRefused(config.clone().setShards(1_025), "shards 1025 is not between 0 and 1024");
        assertRefused(config.clone().setReplication(2), "replication 2 is not 0, 1, 3 or 5");
        assertRefused(config.clone().setReplication(5), "replication 5 is more than the 3 copies");
        assertRefused(config.clone().setIndexReplicas(6), "index_replicas 6 is not between 0 and 5");
        assertRefused(config.clone().setTrainAt(-1), "train_at 18446744073709551615");
    }

    private static CollectionSpec spec(CollectionConfig.Builder config) {
        return CollectionLimits.spec(config.build(), MODELS, 3).build();
    }

    private static void assertRefused(CollectionConfig.Builder config, String message) {
        assertThatThrownBy(() -> spec(config)).isInstanceOf(BadInput.class).hasMessageContaining(message);
    }
}
