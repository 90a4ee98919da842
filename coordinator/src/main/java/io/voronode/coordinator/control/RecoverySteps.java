package io.voronode.coordinator.control;

import com.google.protobuf.Message;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.TreeChange;
import io.voronode.proto.v1.TreeChangeKind;
import io.voronode.wire.ClusterTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way from one tree to another, in transactions of {@value #AT_ONCE} operations at most: ZooKeeper bounds their size. Each may be the last one before a
 * crash. Partitions come first, and {@code format} last: a tree that has none is not acted on, and where it has targets nobody makes a new cluster
 * in it, so that all there is to do is to recover again. Used once.
 */
final class RecoverySteps {
    private static final int AT_ONCE = 100;

    /** One operation on one znode. */
    sealed interface Edit {
        String path();

        /** An empty znode; made if it is missing. */
        record Folder(String path) implements Edit {}

        /** The tree has nothing that could be read there. */
        record Create(String path, Message content) implements Edit {}

        /** It must have this version. */
        record Replace(String path, int version, Message content) implements Edit {}

        /** If it is still there. */
        record Delete(String path) implements Edit {}
    }

    /** Edits that are made together. */
    record Step(String what, List<Edit> edits) {
        Step {
            edits = List.copyOf(edits);
        }
    }

    private final ClusterTree paths;
    private final TreeSnapshot tree;
    private final RecoveredTree wanted;
    private final List<Step> steps = new ArrayList<>();

    private RecoverySteps(ClusterTree paths, TreeSnapshot tree, RecoveredTree wanted) {
        this.paths = paths;
        this.tree = tree;
        this.wanted = wanted;
    }

    static List<Step> between(ClusterTree paths, TreeSnapshot tree, RecoveredTree wanted) {
        return new RecoverySteps(paths, tree, wanted).steps();
    }

    private List<Step> steps() {
        add("recovering targets of partitions", targets());
        add("recovering registrations of nodes", registrations());
        tree.collections().forEach((name, collection) -> {
            RecoveredTree.Collection next = wanted.collections().get(name);
            if (next == null
                    || !next.config()
                            .getSpec()
                            .getUuid()
                            .equals(collection.spec().getUuid())) {
                add("removing collection \"" + name + "\", which is in no partition", removal(name, collection));
            }
        });
        wanted.collections()
                .forEach((name, collection) ->
                        recover(name, collection, tree.collections().get(name)));
        if (tree.format() == null) {
            add("recovering the format", List.of(new Edit.Create(paths.format(), wanted.format())));
        }
        return steps;
    }

    private void add(String what, List<Edit> edits) {
        for (int from = 0; from < edits.size(); from += AT_ONCE) {
            steps.add(new Step(what, edits.subList(from, Math.min(edits.size(), from + AT_ONCE))));
        }
    }

    private List<Edit> targets() {
        List<Edit> edits = new ArrayList<>();
        for (PartitionTarget target : wanted.targets()) {
            if (!tree.partitions().containsKey(target.getPartition())) {
                edits.add(new Edit.Folder(paths.partitions() + "/" + target.getPartition()));
            }
            put(
                    edits,
                    paths.partitionTarget(target.getPartition()),
                    tree.partitions().get(target.getPartition()),
                    target);
        }
        return edits;
    }

    private List<Edit> registrations() {
        List<Edit> edits = new ArrayList<>();
        for (NodeRegistration node : wanted.registrations()) {
            edits.add(new Edit.Create(paths.registeredNode(node.getNode()), node));
        }
        return edits;
    }

    private static <T extends Message> void put(
            List<Edit> edits, String path, @Nullable Versioned<T> present, T content) {
        if (present == null) {
            edits.add(new Edit.Create(path, content));
        } else if (!present.value().equals(content)) {
            edits.add(new Edit.Replace(path, present.version(), content));
        }
    }

    // ---- collections

    private void recover(String name, RecoveredTree.Collection next, @Nullable CollectionTree inTree) {
        CollectionTree present = inTree == null
                        || !inTree.spec()
                                .getUuid()
                                .equals(next.config().getSpec().getUuid())
                ? null
                : inTree;
        String what = "recovering collection \"" + name + "\"";
        List<Edit> edits = new ArrayList<>();
        if (present == null) {
            edits.add(new Edit.Folder(paths.collection(name)));
            edits.add(new Edit.Folder(paths.generations(name)));
        }
        if (!next.config().getDropping()) {
            next.generations()
                    .forEach((number, generation) -> edits.addAll(generation(
                            name, number, generation, present == null ? null : generationOf(present, number))));
            serving(name, next.serving(), present, edits);
            if (present != null) {
                present.generations().forEach((number, generation) -> {
                    if (!next.generations().containsKey(number)) {
                        edits.addAll(removal(name, generation));
                    }
                });
            }
        }
        // Last: without it a collection is not seen, so that what is written in part looks like nothing.
        put(edits, paths.collectionConfig(name), present == null ? null : present.config(), next.config());
        add(what, edits);
    }

    private static @Nullable GenerationTree generationOf(CollectionTree collection, int number) {
        return collection.generations().get(number);
    }

    private void serving(
            String name, @Nullable Integer generation, @Nullable CollectionTree present, List<Edit> edits) {
        if (generation != null) {
            put(
                    edits,
                    paths.serving(name),
                    present == null ? null : present.serving(),
                    ServingNode.newBuilder().setGeneration(generation).build());
        }
    }

    private List<Edit> generation(
            String name, int number, RecoveredTree.Generation next, @Nullable GenerationTree present) {
        List<Edit> edits = new ArrayList<>();
        Map<Integer, Versioned<ShardTarget>> shards = present == null ? new HashMap<>() : present.shards();
        put(edits, paths.generation(name, number), present == null ? null : present.node(), next.node());
        if (!next.shards().isEmpty() && (present == null || present.shards().isEmpty())) {
            edits.add(new Edit.Folder(paths.shards(name, number)));
        }
        for (ShardTarget shard : next.shards()) {
            put(edits, paths.shard(name, number, shard.getShard()), shards.get(shard.getShard()), shard);
        }
        return edits;
    }

    private List<Edit> removal(String name, CollectionTree collection) {
        List<Edit> edits = new ArrayList<>();
        collection.generations().values().forEach(generation -> edits.addAll(removal(name, generation)));
        edits.add(new Edit.Delete(paths.generations(name)));
        if (collection.serving() != null) {
            edits.add(new Edit.Delete(paths.serving(name)));
        }
        edits.add(new Edit.Delete(paths.collectionConfig(name)));
        edits.add(new Edit.Delete(paths.collection(name)));
        return edits;
    }

    private List<Edit> removal(String name, GenerationTree generation) {
        int number = generation.value().getGeneration();
        List<Edit> edits = new ArrayList<>();
        generation.shards().keySet().forEach(shard -> edits.add(new Edit.Delete(paths.shard(name, number, shard))));
        if (generation.value().getShardCount() > 0) {
            edits.add(new Edit.Delete(paths.shards(name, number)));
        }
        edits.add(new Edit.Delete(paths.generation(name, number)));
        return edits;
    }

    // ---- carried out, and told

    /** Commits a step under the epoch. */
    static void commit(Step step, FencedTree fence) {
        FencedTree.Change change = fence.change();
        for (Edit edit : step.edits()) {
            switch (edit) {
                case Edit.Folder folder -> change.folderIfMissing(folder.path());
                case Edit.Create create -> change.put(create.path(), create.content());
                case Edit.Replace replace -> change.replace(replace.path(), replace.version(), replace.content());
                case Edit.Delete delete -> change.deleteIfThere(delete.path());
            }
        }
        change.commit(step.what());
    }

    /** What becomes of znodes that hold something, for people. */
    static List<TreeChange> messages(Step step) {
        return step.edits().stream()
                .flatMap(edit -> Stream.ofNullable(message(edit)))
                .toList();
    }

    private static @Nullable TreeChange message(Edit edit) {
        return switch (edit) {
            case Edit.Folder folder -> null;
            case Edit.Create(String path, Message content) ->
                change(TreeChangeKind.TREE_CHANGE_KIND_CREATE, path, json(content));
            case Edit.Replace(String path, int version, Message content) ->
                change(TreeChangeKind.TREE_CHANGE_KIND_REPLACE, path, json(content));
            case Edit.Delete(String path) -> change(TreeChangeKind.TREE_CHANGE_KIND_DELETE, path, "");
        };
    }

    private static TreeChange change(TreeChangeKind kind, String path, String content) {
        return TreeChange.newBuilder()
                .setKind(kind)
                .setPath(path)
                .setContent(content)
                .build();
    }

    private static String json(Message content) {
        return new String(ClusterTree.encode(content), StandardCharsets.UTF_8);
    }
}
