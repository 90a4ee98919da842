package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TRAINING → BUILDING, or → ENDING when it fails ({@link GenerationStart} has the whole life).
 *
 * <ol>
 *   <li>TRAIN: a job samples rows and trains cells ({@link CellTrainingJob}). A new controller starts it anew.
 *   <li>STORE: the job puts the cell map into the log of a partition, by digest.
 *   <li>One transaction notes the digest, places all shards and moves the phase on. From then on coordinators adopt the generation and stamp
 *       writes for it, before any partition insists.
 * </ol>
 */
final class GenerationTraining implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationTraining.class);

    private final TrainingJobs jobs;
    private final RowSampler sampler;
    private final RetryTimes<ByteString> backOff;

    GenerationTraining(TrainingJobs jobs, Channels channels, RetryTimes<ByteString> backOff) {
        this.jobs = jobs;
        this.sampler = new RowSampler(channels);
        this.backOff = backOff;
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        for (GenerationTree generation : collection.generations().values()) {
            if (generation.value().getPhase() == GenerationPhase.GENERATION_PHASE_TRAINING) {
                pass.lookAgainSoon();
                return advance(pass, collection, generation);
            }
        }
        return false;
    }

    private boolean advance(Pass pass, CollectionTree collection, GenerationTree generation) {
        int number = generation.value().getGeneration();
        GenerationKey key = new GenerationKey(collection.spec().getUuid(), number);
        if (generation.value().getIndexKind() != collection.spec().getIndexKind()) {
            jobs.cancel(key);
            Abandonment.abandon(pass, collection, generation, "another index kind was asked for");
            return true;
        }
        CellTrainingJob job = new CellTrainingJob(pass, sampler, collection.spec(), number);
        try {
            Optional<TrainedMap> trained = jobs.result(key, job::run);
            return trained.isPresent() && build(pass, collection, generation, trained.get());
        } catch (ExecutionException | CancellationException e) {
            LOG.warn(
                    "generation {} of collection \"{}\" cannot be trained",
                    number,
                    collection.spec().getName(),
                    e);
            backOff.failed(collection.spec().getUuid(), pass.tickMs());
            Abandonment.abandon(pass, collection, generation, "training failed: " + e.getMessage());
            return true;
        }
    }

    private boolean build(Pass pass, CollectionTree collection, GenerationTree generation, TrainedMap trained) {
        String name = collection.spec().getName();
        int number = generation.value().getGeneration();
        List<ShardTarget> shards = ShardPlacement.place(pass, collection.spec(), number, trained.shards());
        if (shards.isEmpty()) {
            return false;
        }
        GenerationNode building = generation.value().toBuilder()
                .setPhase(GenerationPhase.GENERATION_PHASE_BUILDING)
                .setCellMapDigest(trained.digest())
                .setCellMapPartition(trained.partition())
                .setCellCount(trained.cells())
                .setShardCount(trained.shards())
                .setTrainedRecords(trained.rows())
                .setTrainedImbalance(trained.imbalance())
                .setPhaseTimeMs(pass.nowMs())
                .build();
        ClusterTree paths = pass.paths();
        FencedTree.Change change = pass.fence()
                .change()
                .replace(paths.generation(name, number), generation.node().version(), building)
                .folder(paths.shards(name, number));
        shards.forEach(shard -> change.create(paths.shard(name, number, shard.getShard()), shard));
        change.commit("placing generation " + number + " of collection \"" + name + "\"");
        return true;
    }
}
