package io.voronode.coordinator.control;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.regex.Pattern;

/** What a collection may be. Every refusal names the value and the limit. Pure but for asking after the model. */
final class CollectionLimits {
    static final int MAX_DIMENSION = 4_096;
    static final int MAX_SHARDS = 1_024;
    static final int MAX_INDEX_REPLICAS = 5;
    static final long DEFAULT_TRAIN_AT = 10_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final int SHOWN_NAME = 80;

    private CollectionLimits() {}

    /**
     * The spec of a valid configuration, defaults filled in; without uuid and time.
     *
     * @param clusterReplication copies that the cluster keeps, or will keep once it has the nodes, of all rows: all collections share its
     *     partitions, so this is the most that one of them can ask for
     */
    static CollectionSpec.Builder spec(CollectionConfig config, ModelDimensions models, int clusterReplication) {
        requireName(config.getName());
        requireKnown("metric", config.getMetricValue(), config.getMetricValue() >= 1 && config.getMetricValue() <= 4);
        return CollectionSpec.newBuilder()
                .setName(config.getName())
                .setDimension(dimension(config, models))
                .setMetric(Metric.ofWireNumber(config.getMetricValue()).wireNumber())
                .setModel(config.getModel())
                .setIndexKind(indexKind(config.getIndexKindValue(), config.getMetricValue()))
                .setTrainAt(trainAt(config.getTrainAt()))
                .setShards(shards(config.getShards()))
                .setReplication(replication(config.getReplication(), clusterReplication))
                .setIndexReplicas(indexReplicas(config.getIndexReplicas()));
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            String shown = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "…" : name;
            throw new BadInput("collection name \"" + shown + "\" of " + name.length()
                    + " characters does not match [a-z0-9][a-z0-9_-]{0,62}");
        }
    }

    private static int dimension(CollectionConfig config, ModelDimensions models) {
        int wanted = config.getDimension();
        if (config.getModel().isEmpty()) {
            return inRange("dimension", Integer.toUnsignedLong(wanted), 1, MAX_DIMENSION);
        }
        int ofModel = models.dimensionOf(config.getModel());
        if (wanted != 0 && wanted != ofModel) {
            throw new BadInput("dimension " + Integer.toUnsignedString(wanted) + " != " + ofModel
                    + ", the dimension of model \"" + config.getModel() + "\"");
        }
        return inRange("dimension of the model", ofModel, 1, MAX_DIMENSION);
    }

    /** The number of a known kind that goes with the metric, the default for none. */
    static int indexKind(int kind, int metric) {
        requireKnown("index kind", kind, io.voronode.proto.v1.IndexKind.forNumber(kind) != null);
        if (kind == 0) {
            return defaultKind(metric).wireNumber();
        }
        IndexKind wanted = IndexKind.ofWireNumber(kind);
        if (!wanted.supports(Metric.ofWireNumber(metric))) {
            throw new BadInput(
                    "index kind " + wanted
                            + " does not go with metric MANHATTAN: FLAT, IVF_FLAT and IVF_SQ8 do, the others know nothing of L1");
        }
        return kind;
    }

    private static IndexKind defaultKind(int metric) {
        return metric == Metric.MANHATTAN.wireNumber() ? IndexKind.IVF_SQ8 : IndexKind.IVF_RABITQ;
    }

    static long trainAt(long rows) {
        if (rows == 0) {
            return DEFAULT_TRAIN_AT;
        }
        if (rows < 0) {
            throw new BadInput("train_at " + Long.toUnsignedString(rows) + " is not between 1 and " + Long.MAX_VALUE);
        }
        return rows;
    }

    static int shards(int shards) {
        return inRange("shards", Integer.toUnsignedLong(shards), 0, MAX_SHARDS);
    }

    private static int replication(int replication, int clusterReplication) {
        if (replication != 0 && replication != 1 && replication != 3 && replication != 5) {
            throw new BadInput("replication " + Integer.toUnsignedString(replication) + " is not 0, 1, 3 or 5");
        }
        if (replication > clusterReplication) {
            throw new BadInput("replication " + replication + " is more than the " + clusterReplication
                    + " copies that this cluster keeps of every record");
        }
        return replication;
    }

    private static int indexReplicas(int replicas) {
        return inRange("index_replicas", Integer.toUnsignedLong(replicas), 0, MAX_INDEX_REPLICAS);
    }

    private static int inRange(String name, long value, int min, int max) {
        if (value < min || value > max) {
            throw new BadInput(name + " " + value + " is not between " + min + " and " + max);
        }
        return (int) value;
    }

    private static void requireKnown(String name, int number, boolean known) {
        if (!known) {
            throw new BadInput(name + " number " + number + " is not known");
        }
    }
}
