package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One collection, by what the leaders of all partitions know of it.
 *
 * <ul>
 *   <li>Config: the spec that most partitions have. Dropping where one of them has dropped it: a user ordered that, and it is carried on.
 *   <li>A collection that some partitions do not know yet was being made, if no partition has rows of it: it is made to the end.
 *   <li>Serving: the generation that the tree names if all partitions have it, else the lowest that all have. A higher one is built to its end, which is
 *       soon where it was ready; one that a partition has ended is ended in all.
 * </ul>
 *
 * Pure.
 */
final class CollectionRecovery {
    private final Recollection known;
    private final int partitionCount;
    private final GenerationRecovery generations;
    /** Added to. */
    private final List<String> problems;
    /** Added to. */
    private final List<String> notes;

    CollectionRecovery(
            Recollection known,
            int partitionCount,
            GenerationRecovery generations,
            List<String> problems,
            List<String> notes) {
        this.known = known;
        this.partitionCount = partitionCount;
        this.generations = generations;
        this.problems = problems;
        this.notes = notes;
    }

    /** All that partitions know, by name; what cannot be told is a problem that is added. */
    SortedMap<String, RecoveredTree.Collection> all() {
        SortedMap<String, RecoveredTree.Collection> all = new TreeMap<>();
        findings().values().forEach(found -> {
            RecoveredTree.Collection collection = collection(found);
            String name = collection.config().getSpec().getName();
            RecoveredTree.Collection other = all.putIfAbsent(name, collection);
            if (other != null) {
                problems.add("two collections are named \"" + name + "\": "
                        + Uuids.hex(other.config().getSpec().getUuid()) + " and "
                        + Uuids.hex(collection.config().getSpec().getUuid()));
            }
        });
        known.tree().collections().forEach((name, collection) -> keepUnborn(all, name, collection));
        return all;
    }

    /** What partitions do not know may be about to be made; what has served and is in none of them is gone. */
    private void keepUnborn(SortedMap<String, RecoveredTree.Collection> all, String name, CollectionTree collection) {
        RecoveredTree.Collection recovered = all.get(name);
        if (recovered != null
                && recovered
                        .config()
                        .getSpec()
                        .getUuid()
                        .equals(collection.spec().getUuid())) {
            return;
        }
        if (recovered != null) {
            notes.add("collection \"" + name
                    + "\" of the tree, which no partition knows, gives way to the one that is in them");
        } else if (collection.serving() == null
                && !isDroppedAnywhere(collection.spec().getUuid())) {
            all.put(name, asInTree(collection));
        } else {
            notes.add("collection \"" + name + "\" of the tree is in no partition: it has been dropped");
        }
    }

    private boolean isDroppedAnywhere(ByteString uuid) {
        for (int partition = 0; partition < partitionCount; partition++) {
            if (known.dropped(partition).contains(uuid)) {
                return true;
            }
        }
        return false;
    }

    private static RecoveredTree.Collection asInTree(CollectionTree collection) {
        SortedMap<Integer, RecoveredTree.Generation> generations = new TreeMap<>();
        collection.generations().forEach((number, tree) -> generations.put(number, GenerationRecovery.asInTree(tree)));
        return new RecoveredTree.Collection(
                collection.node(),
                collection.serving() == null
                        ? null
                        : collection.serving().value().getGeneration(),
                generations);
    }

    // ---- what the partitions know

    /** A collection as the leaders of partitions have it. */
    private record Found(SortedMap<Integer, PartitionCollectionStatus> byPartition) {
        List<CollectionSpec> specs() {
            return byPartition.values().stream()
                    .map(PartitionCollectionStatus::getSpec)
                    .toList();
        }

        ByteString uuid() {
            return specs().getFirst().getUuid();
        }

        String name() {
            return specs().getFirst().getName();
        }

        int lastGeneration() {
            return byPartition.values().stream()
                    .mapToInt(PartitionCollectionStatus::getLastGeneration)
                    .max()
                    .orElse(0);
        }

        long rows() {
            return byPartition.values().stream()
                    .mapToLong(PartitionCollectionStatus::getLiveRows)
                    .sum();
        }
    }

    private Map<ByteString, Found> findings() {
        Map<ByteString, Found> findings = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        for (int partition = 0; partition < partitionCount; partition++) {
            int number = partition;
            known.reports()
                    .leader(partition)
                    .ifPresent(leader -> leader.getCollectionsList()
                            .forEach(status -> findings.computeIfAbsent(
                                            status.getSpec().getUuid(), uuid -> new Found(new TreeMap<>()))
                                    .byPartition()
                                    .put(number, status)));
        }
        return findings;
    }

    // ---- what is made of it

    private RecoveredTree.Collection collection(Found found) {
        CollectionTree inTree = known.tree().collections().get(found.name());
        if (inTree != null && !inTree.spec().getUuid().equals(found.uuid())) {
            inTree = null;
        }
        CollectionNode config = config(found, inTree);
        if (config.getDropping()) {
            return new RecoveredTree.Collection(config, null, new TreeMap<>());
        }
        SortedSet<Integer> missing = missing(found);
        if (!missing.isEmpty()) {
            if (found.rows() > 0 || found.lastGeneration() > 0) {
                problems.add("collection \"" + found.name() + "\" is unknown to partitions " + missing
                        + ", while others have records of it");
            }
            return new RecoveredTree.Collection(config, null, new TreeMap<>());
        }
        return served(found, inTree, config);
    }

    private SortedSet<Integer> missing(Found found) {
        SortedSet<Integer> missing = new TreeSet<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            if (!found.byPartition().containsKey(partition)) {
                missing.add(partition);
            }
        }
        return missing;
    }

    private CollectionNode config(Found found, @Nullable CollectionTree inTree) {
        CollectionNode base = inTree == null ? CollectionNode.getDefaultInstance() : inTree.node();
        CollectionSpec spec = spec(found, base.getSpec());
        int last = Math.max(found.lastGeneration(), base.getLastGeneration());
        CollectionNode.Builder config = base.toBuilder().setSpec(spec).setLastGeneration(last);
        if (config.getRequestedGeneration() <= last) {
            config.setRequestedGeneration(0);
        }
        if (isDroppedAnywhere(found.uuid())) {
            config.setDropping(true);
            notes.add("collection \"" + spec.getName() + "\" was being dropped, which goes on");
        }
        if (!spec.getRestoring()) {
            config.clearRestoringCoordinator();
        } else if (inTree == null) {
            // Deleting it is the user's to say: it may be all that there is.
            config.setSpec(spec.toBuilder().setRestoring(false));
            notes.add("a snapshot was being restored into collection \"" + spec.getName()
                    + "\": it may lack records; delete it and restore again");
        }
        return config.build();
    }

    private static CollectionSpec spec(Found found, CollectionSpec inTree) {
        Map<CollectionSpec, Long> specs =
                found.specs().stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        if (specs.containsKey(inTree)) {
            return inTree;
        }
        return specs.entrySet().stream()
                .max(Comparator.<Map.Entry<CollectionSpec, Long>>comparingLong(Map.Entry::getValue)
                        .thenComparingInt(entry -> -found.specs().indexOf(entry.getKey())))
                .orElseThrow()
                .getKey();
    }

    private RecoveredTree.Collection served(Found found, @Nullable CollectionTree inTree, CollectionNode config) {
        SortedMap<Integer, PartitionGenerationStatus> begun = begun(found);
        NavigableSet<Integer> everywhere = new TreeSet<>(begun.keySet());
        found.byPartition().values().forEach(status -> everywhere.retainAll(numbers(status)));
        if (everywhere.isEmpty()) {
            problems.add("no generation of collection \"" + found.name() + "\" has begun in all partitions");
            return new RecoveredTree.Collection(config, null, new TreeMap<>());
        }
        int serving = Optional.ofNullable(inTree)
                .map(CollectionTree::serving)
                .map(versioned -> versioned.value().getGeneration())
                .filter(everywhere::contains)
                .orElse(everywhere.first());
        SortedMap<Integer, RecoveredTree.Generation> recovered = new TreeMap<>();
        boolean retrain = false;
        for (PartitionGenerationStatus status : begun.values()) {
            GenerationPhase phase = phase(found, status.getGeneration(), serving);
            GenerationRecovery.Outcome outcome = generations.recover(
                    config.getSpec(), status, phase, tree(inTree, status.getGeneration()), found.rows());
            recovered.put(status.getGeneration(), outcome.generation());
            retrain |= phase == GenerationPhase.GENERATION_PHASE_SERVING && !outcome.mapKnown();
        }
        if (inTree != null) {
            inTree.generations().forEach((number, ahead) -> {
                if (number > found.lastGeneration()) {
                    recovered.putIfAbsent(number, GenerationRecovery.asInTree(ahead));
                }
            });
        }
        return new RecoveredTree.Collection(retrain ? retrained(config) : config, serving, recovered);
    }

    private CollectionNode retrained(CollectionNode config) {
        notes.add("the cells of the index of collection \"" + config.getSpec().getName()
                + "\" are lost: it is trained anew, and searched when that is done");
        return config.toBuilder()
                .setRequestedGeneration(config.getLastGeneration() + 1)
                .build();
    }

    private static @Nullable GenerationTree tree(@Nullable CollectionTree collection, int generation) {
        return collection == null ? null : collection.generations().get(generation);
    }

    private static SortedMap<Integer, PartitionGenerationStatus> begun(Found found) {
        SortedMap<Integer, PartitionGenerationStatus> begun = new TreeMap<>();
        found.byPartition()
                .values()
                .forEach(status -> status.getGenerationsList()
                        .forEach(generation -> begun.putIfAbsent(generation.getGeneration(), generation)));
        return begun;
    }

    private static SortedSet<Integer> numbers(PartitionCollectionStatus status) {
        return status.getGenerationsList().stream()
                .map(PartitionGenerationStatus::getGeneration)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static GenerationPhase phase(Found found, int generation, int serving) {
        if (generation == serving) {
            return GenerationPhase.GENERATION_PHASE_SERVING;
        }
        boolean endedSomewhere = found.byPartition().values().stream()
                .anyMatch(status -> status.getLastGeneration() >= generation
                        && !numbers(status).contains(generation));
        return generation < serving || endedSomewhere
                ? GenerationPhase.GENERATION_PHASE_ENDING
                : GenerationPhase.GENERATION_PHASE_BUILDING;
    }
}
