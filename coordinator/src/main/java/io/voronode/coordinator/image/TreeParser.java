package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.ClusterTree;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link TreeSnapshot} of the znodes below the cluster's root. Used once, by one thread. Znodes that hold nothing (folders)
 * and paths that this version does not know are passed over.
 */
final class TreeParser {
    private final ClusterTree paths;
    private final int rootLength;
    private @Nullable ClusterFormat format;
    private @Nullable Versioned<ControllerEpoch> epoch;
    private MovementSettings movement = MovementSettings.getDefaultInstance();
    private final SortedMap<String, NodeRegistration> nodes = new TreeMap<>();
    private final SortedMap<String, NodeLiveness> live = new TreeMap<>();
    private final Map<String, Long> liveSince = new HashMap<>();
    private final SortedMap<String, CoordinatorLiveness> coordinators = new TreeMap<>();
    private final SortedMap<Integer, Versioned<PartitionTarget>> partitions = new TreeMap<>();
    private final SortedMap<String, CollectionParts> collections = new TreeMap<>();

    private TreeParser(ClusterTree paths) {
        this.paths = paths;
        this.rootLength = paths.root().length() + 1;
    }

    /**
     * Decodes them all.
     *
     * @throws io.voronode.wire.VoronodeException.Corruption if a znode does not hold what belongs there
     * @throws io.voronode.wire.VoronodeException.BadInput if the tree has a layout that this program does not know
     */
    static TreeSnapshot parse(ClusterTree paths, Collection<Znode> znodes) {
        TreeParser parser = new TreeParser(paths);
        for (Znode znode : znodes) {
            if (znode.path().length() > parser.rootLength && znode.data().length > 0) {
                parser.add(znode);
            }
        }
        return parser.snapshot();
    }

    private void add(Znode znode) {
        String[] path = znode.path().substring(rootLength).split("/", -1);
        switch (path[0]) {
            case "format" -> addFormat(znode);
            case "controller" -> addController(path, znode);
            case "movement" ->
                movement = znode.decode(MovementSettings.newBuilder()).build();
            case "nodes" -> addNode(path, znode);
            case "coordinators" -> addCoordinator(path, znode);
            case "partitions" -> addPartition(path, znode);
            case "collections" -> addCollection(path, znode);
            default -> {}
        }
    }

    private void addFormat(Znode znode) {
        ClusterFormat known = znode.decode(ClusterFormat.newBuilder()).build();
        paths.requireKnownLayout(known);
        format = known;
    }

    private void addController(String[] path, Znode znode) {
        if (path.length == 2 && path[1].equals("epoch")) {
            epoch = new Versioned<>(znode.decode(ControllerEpoch.newBuilder()).build(), znode.version());
        }
    }

    private void addNode(String[] path, Znode znode) {
        if (path.length != 3) {
            return;
        }
        if (path[1].equals("registered")) {
            nodes.put(path[2], znode.decode(NodeRegistration.newBuilder()).build());
        } else if (path[1].equals("live")) {
            NodeLiveness liveness = znode.decode(NodeLiveness.newBuilder()).build();
            if (liveSince.merge(liveness.getNode(), znode.creation(), Math::max) == znode.creation()) {
                live.put(liveness.getNode(), liveness);
            }
        }
    }

    private void addCoordinator(String[] path, Znode znode) {
        if (path.length == 3 && path[1].equals("live")) {
            coordinators.put(
                    path[2], znode.decode(CoordinatorLiveness.newBuilder()).build());
        }
    }

    private void addPartition(String[] path, Znode znode) {
        if (path.length == 3 && path[2].equals("target")) {
            PartitionTarget target = znode.decode(PartitionTarget.newBuilder()).build();
            partitions.put(target.getPartition(), new Versioned<>(target, znode.version()));
        }
    }

    private void addCollection(String[] path, Znode znode) {
        if (path.length < 3) {
            return;
        }
        CollectionParts parts = collections.computeIfAbsent(path[1], name -> new CollectionParts());
        switch (path[2]) {
            case "config" ->
                parts.config = new Versioned<>(
                        znode.decode(CollectionNode.newBuilder()).build(), znode.version());
            case "serving" ->
                parts.serving =
                        new Versioned<>(znode.decode(ServingNode.newBuilder()).build(), znode.version());
            case "generations" -> addGeneration(parts, path, znode);
            default -> {}
        }
    }

    private static void addGeneration(CollectionParts parts, String[] path, Znode znode) {
        if (path.length < 4) {
            return;
        }
        GenerationParts generation =
                parts.generations.computeIfAbsent(Integer.valueOf(path[3]), number -> new GenerationParts());
        if (path.length == 4) {
            generation.node =
                    new Versioned<>(znode.decode(GenerationNode.newBuilder()).build(), znode.version());
        } else if (path.length == 6 && path[4].equals("shards")) {
            ShardTarget target = znode.decode(ShardTarget.newBuilder()).build();
            generation.shards.put(target.getShard(), new Versioned<>(target, znode.version()));
        }
    }

    private TreeSnapshot snapshot() {
        SortedMap<String, CollectionTree> trees = new TreeMap<>();
        collections.forEach((name, parts) -> {
            Versioned<CollectionNode> config = parts.config;
            if (config != null) {
                trees.put(name, new CollectionTree(config, parts.serving, parts.generations()));
            }
        });
        return new TreeSnapshot(format, epoch, movement, nodes, live, coordinators, partitions, trees);
    }

    /** What has been found of a collection. */
    private static final class CollectionParts {
        private @Nullable Versioned<CollectionNode> config;
        private @Nullable Versioned<ServingNode> serving;
        private final SortedMap<Integer, GenerationParts> generations = new TreeMap<>();

        private SortedMap<Integer, GenerationTree> generations() {
            SortedMap<Integer, GenerationTree> trees = new TreeMap<>();
            generations.forEach((number, parts) -> {
                Versioned<GenerationNode> node = parts.node;
                if (node != null) {
                    trees.put(number, new GenerationTree(node, parts.shards));
                }
            });
            return trees;
        }
    }

    /** What has been found of a generation. */
    private static final class GenerationParts {
        private @Nullable Versioned<GenerationNode> node;
        private final SortedMap<Integer, Versioned<ShardTarget>> shards = new TreeMap<>();
    }
}
