package io.voronode.client.internal;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.CollectionUpdate;
import io.voronode.client.GenerationInfo;
import io.voronode.client.GenerationState;
import io.voronode.client.IndexKind;
import io.voronode.client.Metric;
import io.voronode.client.TrainingPhase;
import io.voronode.client.TrainingProgress;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.Generation;
import io.voronode.proto.v1.UpdateCollectionRequest;
import io.voronode.wire.VoronodeException.Bug;
import java.util.Optional;
import java.util.OptionalDouble;

/** Collections, from and to their messages. Pure. */
final class CollectionMapper {
    private CollectionMapper() {}

    static io.voronode.proto.v1.CollectionConfig config(CollectionConfig config) {
        return io.voronode.proto.v1.CollectionConfig.newBuilder()
                .setName(config.name())
                .setDimension(config.dimension())
                .setMetric(metric(config.metric()))
                .setModel(config.model())
                .setIndexKind(indexKind(config.indexKind()))
                .setTrainAt(config.trainAt())
                .setShards(config.shards())
                .setReplication(config.replication())
                .setIndexReplicas(config.indexReplicas())
                .build();
    }

    static CollectionConfig config(io.voronode.proto.v1.CollectionConfig config) {
        return new CollectionConfig(
                config.getName(),
                config.getDimension(),
                metric(config.getMetric()),
                config.getModel(),
                indexKind(config.getIndexKind()),
                config.getTrainAt(),
                config.getShards(),
                config.getReplication(),
                config.getIndexReplicas());
    }

    static CollectionInfo collection(Collection collection) {
        return new CollectionInfo(
                collection.getUuid(),
                config(collection.getConfig()),
                collection.getRecordCount(),
                collection.getServingGeneration(),
                collection.getGenerationsList().stream()
                        .map(CollectionMapper::generation)
                        .toList(),
                CommonMapper.instant(collection.getCreateTime()));
    }

    private static GenerationInfo generation(Generation generation) {
        return new GenerationInfo(
                generation.getNumber(),
                state(generation),
                generation.getCellCount(),
                generation.getShardCount(),
                generation.getTrainedRecords(),
                generation.getUnstampedRecords(),
                generation.getReadyShards(),
                generation.getImbalance() == 0 ? OptionalDouble.empty() : OptionalDouble.of(generation.getImbalance()),
                generation.hasTraining() ? Optional.of(training(generation.getTraining())) : Optional.empty());
    }

    private static TrainingProgress training(io.voronode.proto.v1.TrainingProgress progress) {
        TrainingPhase phase = switch (progress.getPhase()) {
            case TRAINING_PHASE_SAMPLING -> TrainingPhase.SAMPLING;
            case TRAINING_PHASE_CLUSTERING -> TrainingPhase.CLUSTERING;
            case TRAINING_PHASE_GROUPING -> TrainingPhase.GROUPING;
            case TRAINING_PHASE_STORING -> TrainingPhase.STORING;
            case TRAINING_PHASE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("training phase", progress.getPhase());
        };
        return new TrainingProgress(phase, progress.getDone(), progress.getTotal());
    }

    static UpdateCollectionRequest update(String name, CollectionUpdate update) {
        UpdateCollectionRequest.Builder request =
                UpdateCollectionRequest.newBuilder().setName(name);
        if (update.trainAt() != null) {
            request.setTrainAt(update.trainAt());
        }
        if (update.shards() != null) {
            request.setShards(update.shards());
        }
        if (update.indexKind() != null) {
            request.setIndexKind(indexKind(update.indexKind()));
        }
        return request.build();
    }

    private static io.voronode.proto.v1.Metric metric(Metric metric) {
        return switch (metric) {
            case EUCLIDEAN -> io.voronode.proto.v1.Metric.METRIC_EUCLIDEAN;
            case COSINE -> io.voronode.proto.v1.Metric.METRIC_COSINE;
            case DOT -> io.voronode.proto.v1.Metric.METRIC_DOT;
            case MANHATTAN -> io.voronode.proto.v1.Metric.METRIC_MANHATTAN;
        };
    }

    private static Metric metric(io.voronode.proto.v1.Metric metric) {
        return switch (metric) {
            case METRIC_EUCLIDEAN -> Metric.EUCLIDEAN;
            case METRIC_COSINE -> Metric.COSINE;
            case METRIC_DOT -> Metric.DOT;
            case METRIC_MANHATTAN -> Metric.MANHATTAN;
            case METRIC_UNSPECIFIED, UNRECOGNIZED -> throw unknown("metric", metric);
        };
    }

    private static io.voronode.proto.v1.IndexKind indexKind(IndexKind kind) {
        return switch (kind) {
            case DEFAULT -> io.voronode.proto.v1.IndexKind.INDEX_KIND_UNSPECIFIED;
            case FLAT -> io.voronode.proto.v1.IndexKind.INDEX_KIND_FLAT;
            case IVF_FLAT -> io.voronode.proto.v1.IndexKind.INDEX_KIND_IVF_FLAT;
            case IVF_RABITQ -> io.voronode.proto.v1.IndexKind.INDEX_KIND_IVF_RABITQ;
            case IVF_PQ -> io.voronode.proto.v1.IndexKind.INDEX_KIND_IVF_PQ;
            case IVF_SQ8 -> io.voronode.proto.v1.IndexKind.INDEX_KIND_IVF_SQ8;
            case HNSW -> io.voronode.proto.v1.IndexKind.INDEX_KIND_HNSW;
        };
    }

    private static IndexKind indexKind(io.voronode.proto.v1.IndexKind kind) {
        return switch (kind) {
            case INDEX_KIND_FLAT -> IndexKind.FLAT;
            case INDEX_KIND_IVF_FLAT -> IndexKind.IVF_FLAT;
            case INDEX_KIND_IVF_RABITQ -> IndexKind.IVF_RABITQ;
            case INDEX_KIND_IVF_PQ -> IndexKind.IVF_PQ;
            case INDEX_KIND_IVF_SQ8 -> IndexKind.IVF_SQ8;
            case INDEX_KIND_HNSW -> IndexKind.HNSW;
            case INDEX_KIND_UNSPECIFIED -> IndexKind.DEFAULT;
            case UNRECOGNIZED -> throw unknown("index kind", kind);
        };
    }

    private static GenerationState state(Generation generation) {
        return switch (generation.getState()) {
            case GENERATION_STATE_TRAINING -> GenerationState.TRAINING;
            case GENERATION_STATE_BUILDING -> GenerationState.BUILDING;
            case GENERATION_STATE_SERVING -> GenerationState.SERVING;
            case GENERATION_STATE_ENDING -> GenerationState.ENDING;
            case GENERATION_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("generation state", generation.getState());
        };
    }

    private static Bug unknown(String what, Object value) {
        return new Bug("the server sent " + what + " " + value + ", which this client does not know", null);
    }
}
