package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calibrates a serving generation anew by queries of users, where a coordinator has seen that searches find less than they were to find
 * ({@link Recalibrations}). Published as the first calibration was: a blob, and its digest in the generation's znode by compare-and-set; searches
 * go on by the last one until coordinators have fetched it. One that fails is forgotten: it is asked for again, an interval later, if it is still
 * needed. The controller's thread only.
 */
final class GenerationRecalibration implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationRecalibration.class);

    private final Recalibrations requests;
    private final BackgroundJobs<StoredCalibration> jobs;
    private final CellMapStore maps;
    private final Channels channels;

    GenerationRecalibration(
            Recalibrations requests, BackgroundJobs<StoredCalibration> jobs, CellMapStore maps, Channels channels) {
        this.requests = requests;
        this.jobs = jobs;
        this.maps = maps;
        this.channels = channels;
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        RecalibrateRequest request = requests.waiting(collection.spec().getUuid());
        if (request == null) {
            return false;
        }
        GenerationTree generation = collection.generations().get(request.getGeneration());
        GenerationKey key = new GenerationKey(request.getCollectionUuid(), request.getGeneration());
        if (generation == null || !isWanted(request, collection, generation)) {
            abandon(key, generation);
            return false;
        }
        pass.lookAgainSoon();
        return advance(pass, collection, generation, key, request);
    }

    /** Whether what searches found too little by is still in force. */
    private static boolean isWanted(RecalibrateRequest request, CollectionTree collection, GenerationTree generation) {
        return collection.serving() != null
                && collection.serving().value().getGeneration() == request.getGeneration()
                && !request.getCalibrationDigest().isEmpty()
                && generation.value().getCalibrationDigest().equals(request.getCalibrationDigest());
    }

    /** Not the job that makes the first calibration of a generation: that is nobody's request. */
    private void abandon(GenerationKey key, @Nullable GenerationTree generation) {
        if (generation == null || !generation.value().getCalibrationDigest().isEmpty()) {
            jobs.cancel(key);
        }
        requests.forget(key.uuid());
    }

    private boolean advance(
            Pass pass,
            CollectionTree collection,
            GenerationTree generation,
            GenerationKey key,
            RecalibrateRequest request) {
        CalibrationJob job = new CalibrationJob(pass, maps, channels, collection.spec(), generation);
        try {
            Optional<StoredCalibration> stored =
                    jobs.result(key, cancelled -> job.byQueries(queries(request), cancelled));
            if (stored.isEmpty()) {
                return false;
            }
            GenerationCalibration.note(pass, collection, generation, stored.get());
            requests.done(key.uuid());
            return true;
        } catch (ExecutionException | CancellationException e) {
            requests.done(key.uuid());
            LOG.warn(
                    "generation {} of collection \"{}\" could not be calibrated anew: {}",
                    key.generation(),
                    collection.spec().getName(),
                    e.getMessage());
            return false;
        }
    }

    private static List<float[]> queries(RecalibrateRequest request) {
        return request.getQueriesList().stream().map(VectorBytes::unpack).toList();
    }
}
