package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.BlobCache;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionTree;
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
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CALIBRATE: measures a generation whose shards are ready, stores the calibration in a partition's log by digest, and notes the digest in the
 * generation's znode. {@link GenerationBuilding} has it done before a generation serves; as a step of its own it catches up on one that
 * serves without. A new controller finds no digest and starts over.
 *
 * <p>A generation that cannot be calibrated in {@value #MAX_ATTEMPTS} attempts serves without: its searches scan a number of cells that
 * promises nothing.
 */
final class GenerationCalibration implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationCalibration.class);
    private static final int MAX_ATTEMPTS = 3;

    private final BackgroundJobs<StoredCalibration> jobs;
    private final CellMapStore maps;
    private final Channels channels;
    private final RowSampler sampler;
    private final Map<GenerationKey, Integer> failures = new HashMap<>();

    GenerationCalibration(BackgroundJobs<StoredCalibration> jobs, CellMapStore maps, Channels channels) {
        this.jobs = jobs;
        this.maps = maps;
        this.channels = channels;
        this.sampler = new RowSampler(channels);
    }

    /** Calibrates what serves without: what an older version built, or could not be calibrated before it served. */
    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        Versioned<ServingNode> serving = collection.serving();
        GenerationTree generation = serving == null
                ? null
                : collection.generations().get(serving.value().getGeneration());
        if (generation == null || isSettled(collection, generation)) {
            return false;
        }
        pass.lookAgainSoon();
        return advance(pass, collection, generation);
    }

    /** Whether the generation has its calibration, needs none, or will not get one. */
    boolean isSettled(CollectionTree collection, GenerationTree generation) {
        return !leavesCellsOut(generation.value())
                || !generation.value().getCalibrationDigest().isEmpty()
                || failures.getOrDefault(key(collection, generation), 0) >= MAX_ATTEMPTS;
    }

    /** Whether searches of the generation leave cells out, so that there is something to calibrate. */
    private static boolean leavesCellsOut(GenerationNode generation) {
        return generation.getCellCount() > 1
                && IndexKind.ofWireNumber(generation.getIndexKind()).hasPostings();
    }

    /** Goes on with the calibration of a generation whose shards are ready; returns whether the tree was changed. */
    boolean advance(Pass pass, CollectionTree collection, GenerationTree generation) {
        GenerationKey key = key(collection, generation);
        try {
            Optional<StoredCalibration> stored =
                    jobs.result(key, cancelled -> calibrate(pass, collection.spec(), generation, cancelled));
            stored.ifPresent(calibration -> note(pass, collection, generation, calibration));
            return stored.isPresent();
        } catch (ExecutionException | CancellationException e) {
            int attempt = failures.merge(key, 1, Integer::sum);
            LOG.warn(
                    "calibration of generation {} of collection \"{}\" failed, attempt {} of {}: {}",
                    key.generation(),
                    collection.spec().getName(),
                    attempt,
                    MAX_ATTEMPTS,
                    e.getMessage());
            return false;
        }
    }

    private static GenerationKey key(CollectionTree collection, GenerationTree generation) {
        return new GenerationKey(collection.spec().getUuid(), generation.value().getGeneration());
    }

    private static void note(
            Pass pass, CollectionTree collection, GenerationTree generation, StoredCalibration calibration) {
        String name = collection.spec().getName();
        int number = generation.value().getGeneration();
        GenerationNode calibrated = generation.value().toBuilder()
                .setCalibrationDigest(calibration.digest())
                .setCalibrationPartition(calibration.partition())
                .build();
        pass.fence()
                .change()
                .replace(
                        pass.paths().generation(name, number), generation.node().version(), calibrated)
                .commit("calibrating generation " + number + " of collection \"" + name + "\"");
        pass.lookAgainSoon();
    }

    /** On the thread of the job. */
    private StoredCalibration calibrate(
            Pass pass, CollectionSpec spec, GenerationTree generation, BooleanSupplier cancelled) {
        GenerationNode node = generation.value();
        long start = System.nanoTime();
        long rows = pass.reports()
                .liveRows(spec.getUuid(), pass.tree().partitionCount())
                .orElseThrow(() -> new Unavailable("not every partition has a leader to sample"));
        CellMap map = maps.map(spec, node.getCellMapDigest(), node.getCellMapPartition());
        boolean coded = IndexKind.ofWireNumber(node.getIndexKind()) != IndexKind.IVF_FLAT;
        int count = CalibrationPlan.queries(rows, spec.getDimension(), coded);
        List<CalibrationRun.Row<String>> queries = heldOut(pass, spec, count, node.getGeneration(), cancelled);
        CalibratedIndex<String> search = new CalibrationSearch(
                channels, spec.getUuid(), node.getGeneration(), map, readyReplicas(pass, spec, generation));
        ProbeCalibration calibration = new CalibrationRun<>(search, map, rows).run(queries, cancelled);
        byte[] encoded = calibration.encode();
        ByteString digest = BlobCache.digestOf(encoded);
        int partition = BlobStore.put(pass, encoded, digest, (chunk, chunks) -> throwIfCancelled(cancelled));
        LOG.info(
                "calibrated generation {} of collection \"{}\" with {} held-out rows in {} ms: {}",
                node.getGeneration(),
                spec.getName(),
                queries.size(),
                (System.nanoTime() - start) / 1_000_000,
                calibration);
        return new StoredCalibration(digest, partition);
    }

    /** About so many rows that cells are not trained on, normalised for COSINE. */
    private List<CalibrationRun.Row<String>> heldOut(
            Pass pass, CollectionSpec spec, int count, long seed, BooleanSupplier cancelled) {
        SampleRequest wanted = SampleRequest.newBuilder()
                .setCollectionUuid(spec.getUuid())
                .setCount(count)
                .setSeed(seed)
                .setPart(SamplePart.SAMPLE_PART_HELD_OUT)
                .setWithKeys(true)
                .build();
        List<CalibrationRun.Row<String>> rows = new ArrayList<>(count);
        sampler.sample(pass, wanted, batch -> {
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
    private static Map<Integer, String> readyReplicas(Pass pass, CollectionSpec spec, GenerationTree generation) {
        Map<Integer, String> addresses = new HashMap<>();
        for (Versioned<ShardTarget> shard : generation.shards().values()) {
            int number = shard.value().getShard();
            shard.value().getReplicasList().stream()
                    .filter(node -> isReady(pass, node, spec, generation, number))
                    .map(node -> pass.tree().live().get(node))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(node -> addresses.put(number, node.getEndpoints().getRpc()));
        }
        return addresses;
    }

    private static boolean isReady(Pass pass, String node, CollectionSpec spec, GenerationTree generation, int shard) {
        return pass.reports()
                .shard(node, spec.getUuid(), generation.value().getGeneration(), shard)
                .filter(ShardStatus::getReady)
                .isPresent();
    }
}
