package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole cluster tree at one moment, decoded, complete or not. Immutable. The controller works from it; requests are served from
 * the {@link ClusterImage} that is made of it.
 *
 * @param format null before the cluster is made
 * @param epoch null before the first controller
 * @param movement what users ordered; all defaults where they ordered nothing
 * @param nodes registrations by node name
 * @param live the newest incarnation by node name
 * @param coordinators live ones by id
 * @param partitions targets by number
 * @param collections by name
 */
public record TreeSnapshot(
        @Nullable ClusterFormat format,
        @Nullable Versioned<ControllerEpoch> epoch,
        MovementSettings movement,
        SortedMap<String, NodeRegistration> nodes,
        SortedMap<String, NodeLiveness> live,
        SortedMap<String, CoordinatorLiveness> coordinators,
        SortedMap<Integer, Versioned<PartitionTarget>> partitions,
        SortedMap<String, CollectionTree> collections) {

    /** What is known before anything is. */
    public static final TreeSnapshot EMPTY = new TreeSnapshot(
            null,
            null,
            MovementSettings.getDefaultInstance(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>());

    public TreeSnapshot {
        nodes = copy(nodes);
        live = copy(live);
        coordinators = copy(coordinators);
        partitions = copy(partitions);
        collections = copy(collections);
    }

    /** P; 0 before the cluster is made. */
    public int partitionCount() {
        return format == null ? 0 : format.getPartitionCount();
    }

    /** Whether every partition has its target. */
    public boolean formed() {
        return partitionCount() > 0 && partitions.size() == partitionCount();
    }

    /** Where the controller answers other coordinators; empty while none is known to live. */
    public Optional<String> controllerAddress() {
        return Optional.ofNullable(epoch)
                .map(present -> coordinators.get(present.value().getCoordinator()))
                .map(CoordinatorLiveness::getAddress)
                .filter(address -> !address.isEmpty());
    }

    private static <K, V> SortedMap<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
