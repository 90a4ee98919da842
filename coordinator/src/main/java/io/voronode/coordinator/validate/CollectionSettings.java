package io.voronode.coordinator.validate;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.CollectionConfig;

/** A collection's settings as users write them. Pure. */
public final class CollectionSettings {
    private CollectionSettings() {}

    /** As the user wished them: what was left to the cluster is not set. */
    public static CollectionConfig asWished(CollectionSpec spec) {
        return CollectionConfig.newBuilder()
                .setName(spec.getName())
                .setDimension(spec.getDimension())
                .setMetricValue(spec.getMetric())
                .setModel(spec.getModel())
                .setIndexKindValue(spec.getIndexKind())
                .setTrainAt(spec.getTrainAt())
                .setShards(spec.getShards())
                .setReplication(spec.getReplication())
                .setIndexReplicas(spec.getIndexReplicas())
                .build();
    }
}
