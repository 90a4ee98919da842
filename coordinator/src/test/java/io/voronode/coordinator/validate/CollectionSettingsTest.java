package io.voronode.coordinator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.CollectionConfig;
import org.junit.jupiter.api.Test;

final class CollectionSettingsTest {
    @Test
    void eachSettingOfACollectionIsTold() {
        CollectionSpec spec = CollectionSpec.newBuilder()
                .setName("articles")
                .setDimension(3)
                .setMetric(1)
                .setModel("m")
                .setIndexKind(1)
                .setTrainAt(1_000)
                .setShards(4)
                .setReplication(3)
                .setIndexReplicas(2)
                .build();

        assertThat(CollectionSettings.asWished(spec).getAllFields().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        CollectionConfig.getDescriptor().getFields());
    }
}
