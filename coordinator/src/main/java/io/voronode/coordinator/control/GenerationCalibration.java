package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.wire.Channels;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
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
    private final Map<GenerationKey, Integer> failures = new HashMap<>();

    GenerationCalibration(BackgroundJobs<StoredCalibration> jobs, CellMapStore maps, Channels channels) {
        this.jobs = jobs;
        this.maps = maps;
        this.channels = channels;
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
            Optional<StoredCalibration> stored = jobs.result(key, job(pass, collection, generation)::byHeldOutRows);
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

    /** Ends the calibration of a generation that is given up. */
    void cancel(GenerationKey key) {
        jobs.cancel(key);
    }

    private CalibrationJob job(Pass pass, CollectionTree collection, GenerationTree generation) {
        return new CalibrationJob(pass, maps, channels, collection.spec(), generation);
    }

    private static GenerationKey key(CollectionTree collection, GenerationTree generation) {
        return new GenerationKey(collection.spec().getUuid(), generation.value().getGeneration());
    }

    /** Puts a calibration into force. */
    static void note(Pass pass, CollectionTree collection, GenerationTree generation, StoredCalibration calibration) {
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
}
