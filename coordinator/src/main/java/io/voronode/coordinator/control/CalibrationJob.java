package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.BlobCache;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.engine.clustering.CalibratedIndex;
import io.voronode.engine.clustering.CalibrationPlan;
import io.voronode.engine.clustering.CalibrationRun;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.SamplePart;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures one generation whose shards are ready, and stores the calibration in a partition's log by digest. Runs on the calibrator's
 * thread and changes nothing in the tree; a blob that nobody refers to does no harm.
 */
final class CalibrationJob {
    private static final Logger LOG = LoggerFactory.getLogger(CalibrationJob.class);

    private final Pass pass;
    private final CellMapStore maps;
    private final Channels channels;
    private final CollectionSpec spec;
    private final GenerationTree generation;

    /** The pass says where rows and shards are, and takes the orders. */
    CalibrationJob(Pass pass, CellMapStore maps, Channels channels, CollectionSpec spec, GenerationTree generation) {
        this.pass = pass;
        this.maps = maps;
        this.channels = channels;
        this.spec = spec;
        this.generation = generation;
    }

    /** Searches for rows that cells were not trained on. */
    StoredCalibration byHeldOutRows(BooleanSupplier cancelled) {
        return calibrate(heldOut(mostQueries(), cancelled), "held-out rows", cancelled);
    }

    /**
     * Searches for what users have searched for, for no more of it than of rows.
     *
     * @param queries normalised for COSINE
     */
    StoredCalibration byQueries(List<float[]> queries, BooleanSupplier cancelled) {
        return calibrate(
                queries.stream().limit(mostQueries()).map(this::query).toList(), "queries of users", cancelled);
    }

    private int mostQueries() {
        boolean coded = IndexKind.ofWireNumber(generation.value().getIndexKind()) != IndexKind.IVF_FLAT;
        return CalibrationPlan.queries(rows(), spec.getDimension(), coded);
    }

    private CalibrationRun.Row<String> query(float[] vector) {
        if (vector.length != spec.getDimension()) {
            throw new BadInput("a query of dimension " + vector.length + " != " + spec.getDimension()
                    + " for collection \"" + spec.getName() + "\"");
        }
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new BadInput("a query with " + value + " for collection \"" + spec.getName() + "\"");
            }
        }
        return new CalibrationRun.Row<>(null, vector);
    }

    private long rows() {
        return pass.reports()
                .liveRows(spec.getUuid(), pass.tree().partitionCount())
                .orElseThrow(() -> new Unavailable("not every partition has a leader to sample"));
    }

    private StoredCalibration calibrate(
            List<CalibrationRun.Row<String>> queries, String kind, BooleanSupplier cancelled) {
        GenerationNode node = generation.value();
        long start = System.nanoTime();
        CellMap map = maps.map(spec, node.getCellMapDigest(), node.getCellMapPartition());
        CalibratedIndex<String> search =
                new CalibrationSearch(channels, spec.getUuid(), node.getGeneration(), map, readyReplicas());
        ProbeCalibration calibration = new CalibrationRun<>(search, map, rows()).run(queries, cancelled);
        byte[] encoded = calibration.encode();
        ByteString digest = BlobCache.digestOf(encoded);
        int partition = BlobStore.put(pass, encoded, digest, (chunk, chunks) -> throwIfCancelled(cancelled));
        LOG.info(
                "calibrated generation {} of collection \"{}\" with {} {} in {} ms: {}",
                node.getGeneration(),
                spec.getName(),
                queries.size(),
                kind,
                (System.nanoTime() - start) / 1_000_000,
                calibration);
        return new StoredCalibration(digest, partition);
    }

    /** About so many rows that cells are not trained on, normalised for COSINE. */
    private List<CalibrationRun.Row<String>> heldOut(int count, BooleanSupplier cancelled) {
        SampleRequest wanted = SampleRequest.newBuilder()
                .setCollectionUuid(spec.getUuid())
                .setCount(count)
                .setSeed(generation.value().getGeneration())
                .setPart(SamplePart.SAMPLE_PART_HELD_OUT)
                .setWithKeys(true)
                .build();
        List<CalibrationRun.Row<String>> rows = new ArrayList<>(count);
        new RowSampler(channels).sample(pass, wanted, batch -> {
            throwIfCancelled(cancelled);
            for (int i = 0; i < batch.getVectorsCount(); i++) {
                rows.add(new CalibrationRun.Row<>(batch.getKeys(i), VectorBytes.unpack(batch.getVectors(i))));
            }
        });
        if (spec.getMetric() == Metric.COSINE.wireNumber()) {
            rows.forEach(row -> Vectors.normalize(row.vector()));
        }
        return rows;
    }

    private static void throwIfCancelled(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("calibration is cancelled");
        }
    }

    /** The address of one ready replica of each shard; of a shard that has none, none. */
    private Map<Integer, String> readyReplicas() {
        Map<Integer, String> addresses = new HashMap<>();
        for (Versioned<ShardTarget> shard : generation.shards().values()) {
            int number = shard.value().getShard();
            shard.value().getReplicasList().stream()
                    .filter(node -> isReady(node, number))
                    .map(node -> pass.tree().live().get(node))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(node -> addresses.put(number, node.getEndpoints().getRpc()));
        }
        return addresses;
    }

    private boolean isReady(String node, int shard) {
        return pass.reports()
                .shard(node, spec.getUuid(), generation.value().getGeneration(), shard)
                .filter(ShardStatus::getReady)
                .isPresent();
    }
}
