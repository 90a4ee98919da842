package io.voronode.coordinator.control;

import com.google.protobuf.util.Timestamps;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.validate.CollectionSettings;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.Generation;
import io.voronode.proto.v1.GenerationState;
import java.util.Map;
import java.util.UUID;

/**
 * Collections in the words of the public API: the tree, completed by what nodes say. Pure.
 *
 * @param reports of nodes; counts that no node told are 0
 * @param trainings of the controller; those that it did not tell are left out
 */
record CollectionMessages(TreeSnapshot tree, Reports reports, Trainings trainings) {

    /** A collection that is open. */
    Collection message(CollectionTree collection) {
        CollectionSpec spec = collection.spec();
        Collection.Builder message = Collection.newBuilder()
                .setUuid(uuid(spec))
                .setConfig(config(spec))
                .setRecordCount(
                        reports.liveRows(spec.getUuid(), tree.partitionCount()).orElse(0))
                .setCreateTime(Timestamps.fromMillis(spec.getCreateTimeMs()));
        if (collection.serving() != null) {
            message.setServingGeneration(collection.serving().value().getGeneration());
        }
        collection.generations().values().forEach(generation -> message.addGenerations(generation(spec, generation)));
        return message.build();
    }

    /** As people write a uuid. */
    private static String uuid(CollectionSpec spec) {
        var bytes = spec.getUuid().asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }

    private CollectionConfig config(CollectionSpec spec) {
        return CollectionSettings.asWished(spec).toBuilder()
                .setReplication(spec.getReplication() == 0 ? partitionReplicas() : spec.getReplication())
                .setIndexReplicas(ShardGroups.replicas(spec, tree.live().size()))
                .build();
    }

    private int partitionReplicas() {
        return tree.partitions().values().stream()
                .mapToInt(target -> target.value().getPeersCount())
                .min()
                .orElse(0);
    }

    private Generation generation(CollectionSpec spec, GenerationTree generation) {
        GenerationNode node = generation.value();
        Readiness readiness = new Readiness(reports, tree.partitionCount());
        long ready = generation.shards().values().stream()
                .map(Versioned::value)
                .filter(shard -> readiness.ready(spec.getUuid(), node.getGeneration(), shard, Map.of()))
                .count();
        Generation.Builder message = Generation.newBuilder()
                .setNumber(node.getGeneration())
                .setState(state(node.getPhase()))
                .setCellCount(node.getCellCount())
                .setShardCount(node.getShardCount())
                .setTrainedRecords(node.getTrainedRecords())
                .setUnstampedRecords(unstamped(spec, node))
                .setReadyShards((int) ready)
                .setImbalance(Imbalance.of(generation, spec.getUuid(), reports));
        if (node.getPhase() == GenerationPhase.GENERATION_PHASE_TRAINING) {
            trainings
                    .progress(new GenerationKey(spec.getUuid(), node.getGeneration()))
                    .ifPresent(message::setTraining);
        }
        return message.build();
    }

    /** While partitions have still to begin it, all of their rows are unstamped. */
    private long unstamped(CollectionSpec spec, GenerationNode node) {
        if (node.getPhase() != GenerationPhase.GENERATION_PHASE_BUILDING) {
            return 0;
        }
        long sum = 0;
        for (int partition = 0; partition < tree.partitionCount(); partition++) {
            int number = partition;
            sum += reports.generation(partition, spec.getUuid(), node.getGeneration())
                    .map(status -> status.getUnstamped())
                    .orElseGet(() -> reports.collection(number, spec.getUuid())
                            .map(status -> status.getLiveRows())
                            .orElse(0L));
        }
        return sum;
    }

    private static GenerationState state(GenerationPhase phase) {
        return switch (phase) {
            case GENERATION_PHASE_TRAINING -> GenerationState.GENERATION_STATE_TRAINING;
            case GENERATION_PHASE_BUILDING -> GenerationState.GENERATION_STATE_BUILDING;
            case GENERATION_PHASE_SERVING -> GenerationState.GENERATION_STATE_SERVING;
            case GENERATION_PHASE_ENDING -> GenerationState.GENERATION_STATE_ENDING;
            case GENERATION_PHASE_UNSPECIFIED, UNRECOGNIZED -> GenerationState.GENERATION_STATE_UNSPECIFIED;
        };
    }
}
