package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BUILDING → SERVING, or → ENDING when it fails ({@link GenerationStart} has the whole life).
 *
 * <ol>
 *   <li>BEGIN through the log of every partition that has not begun it. Writes after it carry stamps for the generation; the partitions stamp
 *       the other rows by themselves, while nodes, which have been assigned the shards, build them.
 *   <li>When no partition has an unstamped row, their positions are noted: what a new shard must have made visible before it may serve.
 *       A new controller notes later ones, which is as good.
 *   <li>CALIBRATE when every shard is ready and has watermarks at or past those positions ({@link GenerationCalibration}).
 *   <li>SWITCH: {@code serving} by compare-and-set, this generation SERVING and the last one ENDING, in one transaction.
 * </ol>
 *
 * A build is given up for a new one when the collection has grown eight-fold since its training. It fails when a partition has ended it, or
 * when all replicas of a shard go on failing or stay silent.
 */
final class GenerationBuilding implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationBuilding.class);

    private final GenerationCalibration calibration;
    private final RetryTimes<ByteString> backOff;
    private final Duration failureGrace;
    private final Map<GenerationKey, Map<Integer, Position>> goals = new HashMap<>();
    private final Map<GenerationKey, Long> failingSinceMs = new HashMap<>();

    GenerationBuilding(GenerationCalibration calibration, RetryTimes<ByteString> backOff, Duration failureGrace) {
        this.calibration = calibration;
        this.backOff = backOff;
        this.failureGrace = failureGrace;
    }

    @Override
    public void forget() {
        goals.clear();
        failingSinceMs.clear();
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        Versioned<ServingNode> serving = collection.serving();
        if (serving == null) {
            return false;
        }
        for (GenerationTree generation : collection.generations().values()) {
            if (generation.value().getPhase() == GenerationPhase.GENERATION_PHASE_BUILDING) {
                pass.lookAgainSoon();
                return advance(pass, collection, serving, generation);
            }
        }
        return false;
    }

    private boolean advance(
            Pass pass, CollectionTree collection, Versioned<ServingNode> serving, GenerationTree generation) {
        GenerationKey key = new GenerationKey(
                collection.spec().getUuid(), generation.value().getGeneration());
        if (isGivenUp(pass, collection, generation, key)) {
            return true;
        }
        begin(pass, generation.value(), key);
        Map<Integer, Position> reached = goals(pass, key);
        Readiness readiness = new Readiness(pass.reports(), pass.tree().partitionCount());
        if (reached == null || !readiness.ready(key.uuid(), generation, reached)) {
            return false;
        }
        if (!calibration.isSettled(collection, generation)) {
            return calibration.advance(pass, collection, generation);
        }
        serve(pass, collection, serving, generation);
        forget(key);
        backOff.succeeded(key.uuid());
        return true;
    }

    private boolean isGivenUp(Pass pass, CollectionTree collection, GenerationTree generation, GenerationKey key) {
        String failure = failure(pass, collection, generation, key);
        if (failure != null) {
            LOG.warn(
                    "generation {} of collection \"{}\" cannot be built: {}",
                    key.generation(),
                    collection.spec().getName(),
                    failure);
            backOff.failed(key.uuid(), pass.tickMs());
            giveUp(pass, collection, generation, key, failure);
            return true;
        }
        OptionalLong rows = pass.reports().liveRows(key.uuid(), pass.tree().partitionCount());
        if (rows.isPresent() && TrainingPolicy.isOutgrown(generation.value(), rows.getAsLong())) {
            giveUp(pass, collection, generation, key, "there are " + rows.getAsLong() + " records by now");
            return true;
        }
        return false;
    }

    private void giveUp(
            Pass pass, CollectionTree collection, GenerationTree generation, GenerationKey key, String why) {
        forget(key);
        calibration.cancel(key);
        Abandonment.abandon(pass, collection, generation, why);
    }

    private void forget(GenerationKey key) {
        goals.remove(key);
        failingSinceMs.remove(key);
    }

    private static void begin(Pass pass, GenerationNode generation, GenerationKey key) {
        pass.order(
                partition -> pass.reports()
                        .collection(partition, key.uuid())
                        .filter(status -> status.getLastGeneration() < key.generation())
                        .isPresent(),
                () -> ControlCommand.newBuilder()
                        .setBeginGeneration(BeginGenerationOrder.newBuilder()
                                .setCollectionUuid(key.uuid())
                                .setGeneration(key.generation())
                                .setCellMapDigest(generation.getCellMapDigest())
                                .setCellMapPartition(generation.getCellMapPartition())));
    }

    /** The positions to reach; null while a row has no stamp. */
    private @Nullable Map<Integer, Position> goals(Pass pass, GenerationKey key) {
        Map<Integer, Position> known = goals.get(key);
        if (known != null) {
            return known;
        }
        Map<Integer, Position> positions = new HashMap<>();
        for (int partition = 0; partition < pass.tree().partitionCount(); partition++) {
            Optional<PartitionGenerationStatus> status =
                    pass.reports().generation(partition, key.uuid(), key.generation());
            Optional<PartitionStatus> leader = pass.reports().leader(partition);
            if (status.isEmpty() || leader.isEmpty() || status.get().getUnstamped() > 0) {
                return null;
            }
            positions.put(partition, leader.get().getPosition());
        }
        goals.put(key, positions);
        return positions;
    }

    private @Nullable String failure(
            Pass pass, CollectionTree collection, GenerationTree generation, GenerationKey key) {
        if (generation.value().getIndexKind() != collection.spec().getIndexKind()) {
            return "another index kind was asked for";
        }
        for (int partition = 0; partition < pass.tree().partitionCount(); partition++) {
            if (hasEnded(pass, partition, key)) {
                return "partition " + partition + " has ended it";
            }
        }
        return failingShard(pass, generation, key);
    }

    private static boolean hasEnded(Pass pass, int partition, GenerationKey key) {
        Optional<PartitionCollectionStatus> status = pass.reports().collection(partition, key.uuid());
        return status.isPresent()
                && status.get().getLastGeneration() >= key.generation()
                && pass.reports()
                        .generation(partition, key.uuid(), key.generation())
                        .isEmpty();
    }

    private @Nullable String failingShard(Pass pass, GenerationTree generation, GenerationKey key) {
        for (Versioned<ShardTarget> shard : generation.shards().values()) {
            String failure = failure(pass, key, shard.value());
            if (failure != null) {
                long since = failingSinceMs.computeIfAbsent(key, ignored -> pass.tickMs());
                return pass.tickMs() - since >= failureGrace.toMillis() ? failure : null;
            }
        }
        failingSinceMs.remove(key);
        return null;
    }

    /** While all partitions have leaders: silence of the whole cluster says nothing of this build. */
    private static boolean isSilent(Pass pass, GenerationKey key, ShardTarget shard) {
        return shard.getReplicasList().stream().noneMatch(pass.reports().byNode()::containsKey)
                && pass.reports()
                        .liveRows(key.uuid(), pass.tree().partitionCount())
                        .isPresent();
    }

    private static @Nullable String failure(Pass pass, GenerationKey key, ShardTarget shard) {
        if (isSilent(pass, key, shard)) {
            return "shard " + shard.getShard() + " has no replica on a node that answers";
        }
        List<String> failures = shard.getReplicasList().stream()
                .flatMap(node -> pass.reports().shard(node, key.uuid(), key.generation(), shard.getShard()).stream())
                .map(ShardStatus::getFailure)
                .toList();
        return failures.isEmpty() || failures.stream().anyMatch(String::isEmpty)
                ? null
                : "shard " + shard.getShard() + " fails: " + failures.getFirst();
    }

    private static void serve(
            Pass pass, CollectionTree collection, Versioned<ServingNode> serving, GenerationTree generation) {
        String name = collection.spec().getName();
        int number = generation.value().getGeneration();
        GenerationTree last = collection.generations().get(serving.value().getGeneration());
        FencedTree.Change change = pass.fence()
                .change()
                .replace(
                        pass.paths().serving(name),
                        serving.version(),
                        ServingNode.newBuilder().setGeneration(number).build())
                .replace(
                        pass.paths().generation(name, number),
                        generation.node().version(),
                        inPhase(pass, generation, GenerationPhase.GENERATION_PHASE_SERVING));
        if (last != null) {
            change.replace(
                    pass.paths().generation(name, serving.value().getGeneration()),
                    last.node().version(),
                    inPhase(pass, last, GenerationPhase.GENERATION_PHASE_ENDING));
        }
        change.commit("switching collection \"" + name + "\" to generation " + number);
        LOG.info("collection \"{}\" is served from generation {}", name, number);
    }

    private static GenerationNode inPhase(Pass pass, GenerationTree generation, GenerationPhase phase) {
        return generation.value().toBuilder()
                .setPhase(phase)
                .setPhaseTimeMs(pass.nowMs())
                .build();
    }
}
