package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One generation that partitions have begun: what its znode and those of its shards should say. The cell map, which partitions keep, tells cells
 * and shards. A shard is where a node has it, else where a node was told to have it, else where it is placed now: it is built from the rows.
 * Pure but for the look-up of maps.
 */
final class GenerationRecovery {
    private final Recollection known;
    private final MapLookup maps;
    private final long nowMs;
    /** Shards that were placed so far, so that those that are placed anew spread. */
    private final List<Group> placed = new ArrayList<>();

    /** Finds cell maps. */
    @FunctionalInterface
    interface MapLookup {
        Optional<CellMap> find(CollectionSpec spec, ByteString digest, int partition);
    }

    /**
     * What a generation is to be.
     *
     * @param mapKnown whether its cell map could be had
     */
    record Outcome(RecoveredTree.Generation generation, boolean mapKnown) {}

    GenerationRecovery(Recollection known, MapLookup maps, long nowMs) {
        this.known = known;
        this.maps = maps;
        this.nowMs = nowMs;
    }

    static RecoveredTree.Generation asInTree(GenerationTree tree) {
        return new RecoveredTree.Generation(
                tree.value(),
                tree.shards().values().stream().map(Versioned::value).toList());
    }

    /**
     * Puts it together.
     *
     * @param inTree what the tree says of it; null: nothing
     * @param rows of the collection
     */
    Outcome recover(
            CollectionSpec spec,
            PartitionGenerationStatus status,
            GenerationPhase phase,
            @Nullable GenerationTree inTree,
            long rows) {
        GenerationTree same =
                inTree != null && inTree.value().getCellMapDigest().equals(status.getCellMapDigest()) ? inTree : null;
        if (phase == GenerationPhase.GENERATION_PHASE_ENDING) {
            return new Outcome(ending(spec, status, same), true);
        }
        SortedMap<String, List<ShardAssignment>> assigned =
                known.assignedShards(spec.getUuid(), status.getGeneration());
        Optional<CellMap> map = maps.find(spec, status.getCellMapDigest(), status.getCellMapPartition());
        GenerationNode.Builder node = same == null ? made(spec, status, assigned, rows) : same.value().toBuilder();
        map.ifPresent(there -> node.setCellCount(there.cellCount())
                .setShardCount(there.shardCount())
                .setTrainedImbalance(status.getGeneration() > 0 ? there.imbalance() : 0));
        List<ShardTarget> shards = new ArrayList<>();
        for (int shard = 0; shard < node.getShardCount(); shard++) {
            shards.add(shard(spec, status.getGeneration(), shard, assigned, same));
        }
        return new Outcome(new RecoveredTree.Generation(inPhase(node, phase), shards), map.isPresent());
    }

    private GenerationNode inPhase(GenerationNode.Builder node, GenerationPhase phase) {
        if (node.getPhase() != phase) {
            node.setPhase(phase).setPhaseTimeMs(nowMs);
        }
        return node.build();
    }

    /** Its shards are nobody's any more; nodes drop them. */
    private RecoveredTree.Generation ending(
            CollectionSpec spec, PartitionGenerationStatus status, @Nullable GenerationTree same) {
        return same == null
                ? new RecoveredTree.Generation(
                        inPhase(bare(spec, status), GenerationPhase.GENERATION_PHASE_ENDING), List.of())
                : new RecoveredTree.Generation(
                        inPhase(same.value().toBuilder(), GenerationPhase.GENERATION_PHASE_ENDING),
                        asInTree(same).shards());
    }

    private static GenerationNode.Builder bare(CollectionSpec spec, PartitionGenerationStatus status) {
        return GenerationNode.newBuilder()
                .setGeneration(status.getGeneration())
                .setCellMapDigest(status.getCellMapDigest())
                .setCellMapPartition(status.getCellMapPartition())
                .setIndexKind(spec.getIndexKind());
    }

    /** How many records it was trained on is forgotten; as if that had been today, it is not trained anew for nothing. */
    private static GenerationNode.Builder made(
            CollectionSpec spec,
            PartitionGenerationStatus status,
            SortedMap<String, List<ShardAssignment>> assigned,
            long rows) {
        GenerationNode.Builder node = bare(spec, status);
        if (status.getGeneration() > 0) {
            node.setTrainedRecords(rows);
        }
        assigned.values().stream()
                .flatMap(List::stream)
                .forEach(shard -> node.setIndexKind(shard.getIndexKind())
                        .setShardCount(Math.max(node.getShardCount(), shard.getShard() + 1)));
        return node;
    }

    private ShardTarget shard(
            CollectionSpec spec,
            int generation,
            int shard,
            SortedMap<String, List<ShardAssignment>> assigned,
            @Nullable GenerationTree inTree) {
        Set<String> holders =
                nodes(node -> status(spec, node, generation, shard).isPresent());
        Set<String> ready = nodes(node -> status(spec, node, generation, shard)
                .filter(ShardStatus::getReady)
                .isPresent());
        Versioned<ShardTarget> target = inTree == null ? null : inTree.shards().get(shard);
        if (target != null && isGood(target.value(), ready)) {
            return target.value();
        }
        Set<String> told = nodes(node ->
                assigned.getOrDefault(node, List.of()).stream().anyMatch(assignment -> assignment.getShard() == shard));
        String name = ShardGroups.name(spec.getName(), generation, shard);
        List<String> replicas = !ready.isEmpty()
                ? List.copyOf(ready)
                : !holders.isEmpty() ? List.copyOf(holders) : told.isEmpty() ? place(spec, name) : List.copyOf(told);
        placed.add(new Group(name, Math.max(1, replicas.size()), replicas, 0));
        return ShardTarget.newBuilder().setShard(shard).addAllReplicas(replicas).build();
    }

    /** A target that is searched, or that nothing better is known than. */
    private boolean isGood(ShardTarget target, Set<String> ready) {
        Set<String> named = new HashSet<>(target.getReplicasList());
        return ready.isEmpty()
                ? named.stream().anyMatch(known.reports().byNode()::containsKey)
                : named.stream().anyMatch(ready::contains);
    }

    private Optional<ShardStatus> status(CollectionSpec spec, String node, int generation, int shard) {
        return known.reports().shard(node, spec.getUuid(), generation, shard);
    }

    private Set<String> nodes(Predicate<String> condition) {
        Set<String> nodes = new TreeSet<>();
        known.reports().byNode().keySet().stream().filter(condition).forEach(nodes::add);
        return nodes;
    }

    private List<String> place(CollectionSpec spec, String name) {
        List<Candidate> candidates = known.memories().values().stream()
                .map(memory ->
                        new Candidate(memory.getNode(), memory.getRegistration().getZone()))
                .toList();
        List<Group> groups = new ArrayList<>(placed);
        groups.add(new Group(name, ShardGroups.replicas(spec, candidates.size()), List.of(), 0));
        return Placement.place(candidates, groups).getOrDefault(name, List.of());
    }
}
