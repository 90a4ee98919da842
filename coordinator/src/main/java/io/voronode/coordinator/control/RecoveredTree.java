package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the tree should say, by what the nodes hold. Immutable.
 *
 * @param registrations of nodes that have none
 * @param targets in order of partitions
 * @param collections by name
 * @param notes what could not be known, and what was taken in its place, for people
 */
record RecoveredTree(
        ClusterFormat format,
        List<NodeRegistration> registrations,
        List<PartitionTarget> targets,
        SortedMap<String, Collection> collections,
        List<String> notes) {
    RecoveredTree {
        registrations = List.copyOf(registrations);
        targets = List.copyOf(targets);
        collections = Collections.unmodifiableSortedMap(new TreeMap<>(collections));
        notes = List.copyOf(notes);
    }

    /**
     * A collection.
     *
     * @param serving the generation that serves; null: none does yet
     */
    record Collection(CollectionNode config, @Nullable Integer serving, SortedMap<Integer, Generation> generations) {
        Collection {
            generations = Collections.unmodifiableSortedMap(new TreeMap<>(generations));
        }
    }

    /** A generation and its shards, in order of their numbers. */
    record Generation(GenerationNode node, List<ShardTarget> shards) {
        Generation {
            shards = List.copyOf(shards);
        }
    }
}
