package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as requests are served from it. Immutable; a newer one replaces it whole. It holds only what is complete: a
 * collection is in it from the moment its serving generation has its cell map and all its shard targets.
 *
 * @param clusterUuid lower-case hex; empty before the cluster is made
 * @param partitionCount P; 0 before the cluster is made
 * @param nodes registered or live shard nodes by name
 * @param coordinators live coordinators by the id of their znode
 * @param controller id of the coordinator that took the newest epoch
 * @param partitions targets in order of their numbers; all P of them, or none while the cluster is being made
 * @param collections by name, those that are being dropped included
 * @param incomplete names of collections that are in the tree, and of which something is not in hand yet
 */
public record ClusterImage(
        String clusterUuid,
        int partitionCount,
        Map<String, NodeImage> nodes,
        Map<String, CoordinatorLiveness> coordinators,
        @Nullable String controller,
        List<PartitionTarget> partitions,
        Map<String, CollectionImage> collections,
        Set<String> incomplete) {

    /** What is known before anything is. */
    public static final ClusterImage EMPTY =
            new ClusterImage("", 0, Map.of(), Map.of(), null, List.of(), Map.of(), Set.of());

    public ClusterImage {
        nodes = Map.copyOf(nodes);
        coordinators = Map.copyOf(coordinators);
        partitions = List.copyOf(partitions);
        collections = Map.copyOf(collections);
        incomplete = Set.copyOf(incomplete);
    }

    /** Whether the cluster has been made: every partition has its target. */
    public boolean formed() {
        return partitionCount > 0 && partitions.size() == partitionCount;
    }

    /**
     * The collection of this name that takes requests.
     *
     * @throws NotFound if there is none, or it is being dropped or restored
     * @throws Unavailable if there is one, and this coordinator has not yet all that it takes to serve it
     */
    public CollectionImage collection(String name) {
        CollectionImage collection = collections.get(name);
        if (collection == null && incomplete.contains(name)) {
            throw new Unavailable("collection \"" + name + "\" is still being made ready on this coordinator");
        }
        if (collection == null || collection.dropping()) {
            throw new NotFound("collection \"" + name + "\" does not exist");
        }
        if (collection.restoring()) {
            throw new NotFound("collection \"" + name + "\" is still being restored from a snapshot");
        }
        return collection;
    }

    /** Where a node answers internal RPCs; empty while it is not known to live. */
    public Optional<String> rpcAddress(String node) {
        NodeImage image = nodes.get(node);
        return image == null || image.liveness() == null
                ? Optional.empty()
                : Optional.of(image.liveness().getEndpoints().getRpc());
    }

    /** Where the live holders of a partition answer, the preferred leader first, none that is still joining; may be empty. */
    public List<String> partitionAddresses(int partition) {
        if (partition < 0 || partition >= partitions.size()) {
            return List.of();
        }
        PartitionTarget target = partitions.get(partition);
        return target.getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .map(PartitionPeer::getNode)
                .sorted((a, b) ->
                        Boolean.compare(b.equals(target.getPreferredLeader()), a.equals(target.getPreferredLeader())))
                .flatMap(node -> rpcAddress(node).stream())
                .toList();
    }
}
