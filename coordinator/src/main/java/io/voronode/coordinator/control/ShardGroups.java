package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.coordinator.placement.Placement.Plan;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The shards of all generations as {@link Placement} sees them. Only those that are searched move; the others weigh. Pure.
 *
 * @param lastLoads the search load of a replica by the name of its shard, where it was told before: one that has moved does not tell for a while
 */
record ShardGroups(TreeSnapshot tree, Reports reports, List<Candidate> candidates, Map<String, Double> lastLoads) {
    private static final int DEFAULT_INDEX_REPLICAS = 2;

    ShardGroups(TreeSnapshot tree, Reports reports, List<Candidate> candidates) {
        this(tree, reports, candidates, Map.of());
    }

    /** One shard of one generation. */
    record Shard(CollectionTree collection, GenerationTree generation, Versioned<ShardTarget> target) {
        String name() {
            return ShardGroups.name(
                    collection.spec().getName(),
                    generation.value().getGeneration(),
                    target.value().getShard());
        }

        List<String> nodes() {
            Set<String> nodes = new LinkedHashSet<>(target.value().getReplicasList());
            nodes.addAll(target.value().getBuildingList());
            return List.copyOf(nodes);
        }

        /** Of the generation that serves, or of the first one of a collection that is being made. */
        private boolean isOpen() {
            int open = collection.serving() == null
                    ? 0
                    : collection.serving().value().getGeneration();
            return generation.value().getGeneration() == open && !collection.dropping();
        }

        boolean isBuilding() {
            return target.value().getBuildingCount() > 0;
        }
    }

    static String name(String collection, int generation, int shard) {
        return collection + "/" + generation + "/" + shard;
    }

    /** Copies of each shard: as wanted, else two; never more than nodes. */
    static int replicas(CollectionSpec spec, int nodes) {
        int wanted = spec.getIndexReplicas() == 0 ? DEFAULT_INDEX_REPLICAS : spec.getIndexReplicas();
        return Math.max(1, Math.min(wanted, nodes));
    }

    /** Those that are searched. */
    List<Shard> open() {
        return all().filter(Shard::isOpen).toList();
    }

    private Stream<Shard> all() {
        return tree.collections().values().stream()
                .flatMap(collection -> collection.generations().values().stream()
                        .flatMap(generation -> generation.shards().values().stream()
                                .map(shard -> new Shard(collection, generation, shard))));
    }

    int wanted(Shard shard) {
        return shard.isOpen()
                ? replicas(shard.collection().spec(), candidates.size())
                : Math.max(1, shard.target().value().getReplicasCount());
    }

    /** Which nodes should get replicas, and which others give theirs up. */
    Plan plan() {
        Set<String> busy = all().filter(shard -> !shard.isOpen() || shard.isBuilding())
                .map(Shard::name)
                .collect(Collectors.toCollection(HashSet::new));
        return Placement.plan(candidates, weighed(), busy);
    }

    /** As many of these nodes as the shard wants, by who can best give its replica up. */
    List<String> trimmed(Shard shard, List<String> nodes) {
        List<String> kept = new ArrayList<>(nodes);
        while (kept.size() > wanted(shard)) {
            List<Group> groups = weighed().stream()
                    .map(group -> group.name().equals(shard.name())
                            ? new Group(group.name(), group.replicas(), kept, group.bytes(), group.heat())
                            : group)
                    .toList();
            Optional<String> leaves = Placement.surplus(candidates, groups, shard.name());
            kept.remove(leaves.orElseThrow());
        }
        return kept;
    }

    /**
     * All of them, where they are now, by their bytes. So a new generation is placed: its shards will be searched in place of those that are
     * now.
     */
    List<Group> groups() {
        return groups(Map.of());
    }

    /**
     * The same with the heat of those that are searched. A node whose processors do nothing but scan weighs as much more as a node has on the
     * mean, so a cluster with little to do is made even by bytes alone.
     */
    private List<Group> weighed() {
        return groups(loads());
    }

    private List<Group> groups(Map<String, Double> loads) {
        List<Group> plain = all().map(this::group).toList();
        double bytesOfNode = plain.stream()
                        .mapToDouble(group -> (double) group.replicas() * (group.bytes() + Placement.REPLICA_BYTES))
                        .sum()
                / candidates.size();
        return plain.stream()
                .map(group -> new Group(
                        group.name(),
                        group.replicas(),
                        group.current(),
                        group.bytes(),
                        Math.round(loads.getOrDefault(group.name(), 0.0) * bytesOfNode)))
                .toList();
    }

    private Group group(Shard shard) {
        long bytes = new Weights(reports)
                .shard(
                        shard.collection().spec(),
                        shard.generation().value().getGeneration(),
                        shard.target().value());
        return new Group(shard.name(), wanted(shard), reports.silentFirst(shard.nodes()), bytes);
    }

    /** Which share of its node's processors searches of a replica take, by the name of the shard: as it is told now, or was before. */
    Map<String, Double> loads() {
        Map<String, Double> loads = new HashMap<>();
        all().forEach(shard -> {
            Double last = lastLoads.get(shard.name());
            OptionalDouble told = toldLoad(shard);
            if (told.isPresent()) {
                loads.put(shard.name(), told.getAsDouble());
            } else if (last != null) {
                loads.put(shard.name(), last);
            }
        });
        return loads;
    }

    private OptionalDouble toldLoad(Shard shard) {
        return shard.target().value().getReplicasList().stream()
                .flatMap(node -> reports
                        .shard(
                                node,
                                shard.collection().spec().getUuid(),
                                shard.generation().value().getGeneration(),
                                shard.target().value().getShard())
                        .stream())
                .filter(ShardStatus::hasSearchLoad)
                .mapToDouble(ShardStatus::getSearchLoad)
                .average();
    }

    /** How many replicas nodes build now that meet a condition. */
    long building(Predicate<String> nodes) {
        return all().flatMap(shard -> shard.target().value().getBuildingList().stream())
                .filter(nodes)
                .count();
    }
}
