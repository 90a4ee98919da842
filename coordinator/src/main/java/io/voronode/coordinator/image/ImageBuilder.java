package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ServingNode;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next {@link ClusterImage} of the tree. Pure but for the lookup.
 *
 * <p>Of a collection it takes the generations that are complete: cell map in hand, all shard targets there. While the serving
 * generation of the tree is not among them, the generation that served in the last image goes on serving; a collection that
 * never had a complete serving generation is only named. Of a tree that has lost its {@code format}, or targets of partitions, what the last image
 * had of these stays: absence in the tree says nothing of what nodes hold.
 */
final class ImageBuilder {
    /** What generations name by digest, if it is in hand; asking for what is not starts fetching it. */
    interface BlobLookup {
        @Nullable
        CellMap map(CollectionSpec spec, GenerationNode node);

        /** Of a generation that has a calibration. */
        @Nullable
        ProbeCalibration calibration(CollectionSpec spec, GenerationNode node);
    }

    private final ClusterImage last;
    private final TreeSnapshot tree;
    private final BlobLookup blobs;

    private ImageBuilder(ClusterImage last, TreeSnapshot tree, BlobLookup blobs) {
        this.last = last;
        this.tree = tree;
        this.blobs = blobs;
    }

    static ClusterImage next(ClusterImage last, TreeSnapshot tree, BlobLookup blobs) {
        return new ImageBuilder(last, tree, blobs).build();
    }

    private ClusterImage build() {
        return tree.format() == null && last.formed() ? survivor() : whole();
    }

    /** The tree was lost: the cluster is what it was, as far as it lives. */
    private ClusterImage survivor() {
        Map<String, NodeImage> nodes = new HashMap<>(last.nodes());
        nodes().forEach((name, node) -> {
            if (node.liveness() != null) {
                NodeImage before = nodes.get(name);
                nodes.put(name, before == null ? node : new NodeImage(before.registration(), node.liveness()));
            }
        });
        return new ClusterImage(
                last.clusterUuid(),
                last.partitionCount(),
                nodes,
                tree.coordinators(),
                controller(),
                last.partitions(),
                last.collections(),
                last.incomplete());
    }

    private @Nullable String controller() {
        return tree.epoch() == null ? null : tree.epoch().value().getCoordinator();
    }

    private String clusterUuid() {
        return tree.format() == null ? "" : hex(tree.format().getClusterUuid());
    }

    private ClusterImage whole() {
        Map<String, CollectionImage> collections = new HashMap<>();
        tree.collections().forEach((name, collection) -> {
            CollectionImage image = collection(name, collection);
            if (image != null) {
                collections.put(name, image);
            }
        });
        return new ClusterImage(
                clusterUuid(),
                tree.partitionCount(),
                nodes(),
                tree.coordinators(),
                controller(),
                partitions(),
                collections,
                incomplete(collections.keySet()));
    }

    private Set<String> incomplete(Set<String> complete) {
        return tree.collections().entrySet().stream()
                .filter(entry ->
                        !complete.contains(entry.getKey()) && !entry.getValue().dropping())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Targets that vanish say nothing of the rows: then those that were known are still good. */
    private List<PartitionTarget> partitions() {
        if (tree.formed()) {
            return tree.partitions().values().stream().map(Versioned::value).toList();
        }
        return last.clusterUuid().equals(clusterUuid()) ? last.partitions() : List.of();
    }

    private Map<String, NodeImage> nodes() {
        Map<String, NodeImage> nodes = new HashMap<>();
        tree.nodes()
                .forEach((name, registration) ->
                        nodes.put(name, new NodeImage(registration, tree.live().get(name))));
        tree.live()
                .forEach((name, liveness) ->
                        nodes.computeIfAbsent(name, unregistered -> new NodeImage(unknown(name), liveness)));
        return nodes;
    }

    /** A node that lives but has not written its registration takes no replicas yet. */
    private static NodeRegistration unknown(String name) {
        return NodeRegistration.newBuilder()
                .setNode(name)
                .setState(NodeAdminState.NODE_ADMIN_STATE_UNSPECIFIED)
                .build();
    }

    private @Nullable CollectionImage collection(String name, CollectionTree collection) {
        Versioned<ServingNode> serving = collection.serving();
        if (serving == null) {
            return null;
        }
        SortedMap<Integer, GenerationImage> generations = complete(collection);
        int wanted = serving.value().getGeneration();
        if (generations.containsKey(wanted)) {
            return new CollectionImage(
                    collection.spec(), collection.dropping(), collection.restoring(), wanted, generations);
        }
        CollectionImage before = last.collections().get(name);
        if (before == null || !before.spec().getUuid().equals(collection.spec().getUuid())) {
            return null;
        }
        generations.putIfAbsent(before.serving(), before.servingGeneration());
        return new CollectionImage(
                collection.spec(), collection.dropping(), collection.restoring(), before.serving(), generations);
    }

    private SortedMap<Integer, GenerationImage> complete(CollectionTree collection) {
        SortedMap<Integer, GenerationImage> complete = new TreeMap<>();
        collection.generations().forEach((number, generation) -> {
            if (generation.value().getCellMapDigest().isEmpty() || !generation.hasAllTargets()) {
                return;
            }
            CellMap map = blobs.map(collection.spec(), generation.value());
            if (map != null && map.shardCount() == generation.shards().size()) {
                complete.put(number, image(collection, generation, map));
            }
        });
        return complete;
    }

    private GenerationImage image(CollectionTree collection, GenerationTree generation, CellMap map) {
        return new GenerationImage(
                generation.value(),
                map,
                calibration(collection, generation.value()),
                generation.shards().values().stream().map(Versioned::value).toList());
    }

    /** While a newer calibration is being fetched, the last one of the generation. */
    private @Nullable ProbeCalibration calibration(CollectionTree collection, GenerationNode node) {
        ProbeCalibration found =
                node.getCalibrationDigest().isEmpty() ? null : blobs.calibration(collection.spec(), node);
        if (found != null) {
            return found;
        }
        CollectionImage before = last.collections().get(collection.spec().getName());
        GenerationImage same = before == null
                        || !before.spec().getUuid().equals(collection.spec().getUuid())
                ? null
                : before.generations().get(node.getGeneration());
        return same == null ? null : same.calibration();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
