package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CALIBRATE: measures a generation whose shards are ready, stores the calibration in a partition's log by digest, and notes the digest in the
 * generation's znode. {@link GenerationBuilding} has it done before a generation serves; as a step of its own it catches up on one that
 * serves without. A new controller finds no digest and starts over.
 *
 * <p>A generation that cannot be calibrated in {@value #MAX_ATTEMPTS} attempts serves without: its searches scan a number of cells that
 * promises nothing, until a later attempt succeeds.
 */
final class GenerationCalibration implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationCalibration.class);
    private static final int MAX_ATTEMPTS = 3;
    /** 32 KB of a znode, and six weeks of calibrations: the blobs of older ones, a few KB each, stay. */
    private static final int MAX_REPLACED = 1_000;

    private final BackgroundJobs<StoredCalibration> jobs;
    private final CellMapStore maps;
    private final Channels channels;
    private final RetryTimes<GenerationKey> backOff;

    GenerationCalibration(
            BackgroundJobs<StoredCalibration> jobs, CellMapStore maps, Channels channels, Duration retry) {
        this.jobs = jobs;
        this.maps = maps;
        this.channels = channels;
        this.backOff = new RetryTimes<>(retry);
    }

    /** Calibrates what serves without: what an older version built, or could not be calibrated before it served. */
    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        Versioned<ServingNode> serving = collection.serving();
        GenerationTree generation = serving == null
                ? null
                : collection.generations().get(serving.value().getGeneration());
        if (generation == null || !isWanted(generation.value())) {
            return false;
        }
        return advance(pass, collection, generation);
    }

    /** Whether the generation has its calibration, needs none, or is to serve before it gets one. */
    boolean isSettled(CollectionTree collection, GenerationTree generation) {
        return !isWanted(generation.value()) || backOff.failures(key(collection, generation)) >= MAX_ATTEMPTS;
    }

    private static boolean isWanted(GenerationNode generation) {
        return leavesCellsOut(generation) && generation.getCalibrationDigest().isEmpty();
    }

    /** Whether searches of the generation leave cells out, so that there is something to calibrate. */
    private static boolean leavesCellsOut(GenerationNode generation) {
        return generation.getCellCount() > 1
                && IndexKind.ofWireNumber(generation.getIndexKind()).hasPostings();
    }

    /** Goes on with the calibration of a generation whose shards are ready; returns whether the tree was changed. */
    boolean advance(Pass pass, CollectionTree collection, GenerationTree generation) {
        GenerationKey key = key(collection, generation);
        if (!backOff.mayTry(key, pass.tickMs())) {
            return false;
        }
        pass.lookAgainSoon();
        try {
            Optional<StoredCalibration> stored = jobs.result(key, job(pass, collection, generation)::byHeldOutRows);
            if (stored.isEmpty()) {
                return false;
            }
            note(pass, collection, generation, stored.get());
            backOff.succeeded(key);
            return true;
        } catch (ExecutionException | CancellationException e) {
            backOff.failed(key, pass.tickMs());
            LOG.warn(
                    "calibration of generation {} of collection \"{}\" failed, attempt {}; it serves without after {}: {}",
                    key.generation(),
                    collection.spec().getName(),
                    backOff.failures(key),
                    MAX_ATTEMPTS,
                    e.getMessage());
            return false;
        }
    }

    /** Ends the calibration of a generation that is given up. */
    void cancel(GenerationKey key) {
        jobs.cancel(key);
        backOff.succeeded(key);
    }

    /** Forgets the failures of collections that are gone. */
    void retain(Predicate<ByteString> present) {
        backOff.retain(key -> present.test(key.uuid()));
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
        GenerationNode calibrated = withCalibration(generation.value(), calibration);
        pass.fence()
                .change()
                .replace(
                        pass.paths().generation(name, number), generation.node().version(), calibrated)
                .commit("calibrating generation " + number + " of collection \"" + name + "\"");
        pass.lookAgainSoon();
    }

    private static GenerationNode withCalibration(GenerationNode generation, StoredCalibration calibration) {
        GenerationNode.Builder changed = generation.toBuilder()
                .setCalibrationDigest(calibration.digest())
                .setCalibrationPartition(calibration.partition());
        ByteString replaced = generation.getCalibrationDigest();
        if (!replaced.isEmpty() && !replaced.equals(calibration.digest())) {
            List<ByteString> all = Stream.concat(generation.getReplacedCalibrationsList().stream(), Stream.of(replaced))
                    .toList();
            changed.clearReplacedCalibrations()
                    .addAllReplacedCalibrations(all.subList(Math.max(0, all.size() - MAX_REPLACED), all.size()));
        }
        return changed.build();
    }
}
