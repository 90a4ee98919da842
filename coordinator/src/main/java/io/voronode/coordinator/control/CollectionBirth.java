package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.ClusterTree;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a new collection, which is only a config in the tree, to where it takes writes and searches: generation 0, one cell in one shard.
 *
 * <ol>
 *   <li>CREATE through the log of every partition that does not know it; generation 0 begins with it.
 *   <li>Generation 0 and the target of its shard are written; nodes are assigned it in the same or the next pass.
 *   <li>{@code serving} is written when the shard has a replica that is ready.
 * </ol>
 *
 * Which step is next is told by the partitions, the generation's znode and the {@code serving} znode; each may be redone.
 */
final class CollectionBirth implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(CollectionBirth.class);

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        if (collection.serving() != null) {
            return false;
        }
        pass.lookAgainSoon();
        if (!pass.tree().formed()) {
            return false;
        }
        GenerationTree first = collection.generations().get(0);
        if (first == null) {
            create(pass, collection.spec());
            return place(pass, collection.spec());
        }
        return serve(pass, collection.spec(), first);
    }

    private static void create(Pass pass, CollectionSpec spec) {
        ByteString digest = CellMapStore.digestOf(CellMapStore.single(spec));
        pass.order(
                partition ->
                        pass.reports().collection(partition, spec.getUuid()).isEmpty(),
                () -> ControlCommand.newBuilder()
                        .setCreateCollection(
                                CreateCollectionOrder.newBuilder().setSpec(spec).setCellMapDigest(digest)));
    }

    private static boolean place(Pass pass, CollectionSpec spec) {
        List<ShardTarget> targets = ShardPlacement.place(pass, spec, 0, 1);
        if (targets.isEmpty()) {
            return false;
        }
        ClusterTree paths = pass.paths();
        String name = spec.getName();
        GenerationNode generation = GenerationNode.newBuilder()
                .setGeneration(0)
                .setPhase(GenerationPhase.GENERATION_PHASE_BUILDING)
                .setCellMapDigest(CellMapStore.digestOf(CellMapStore.single(spec)))
                .setCellCount(1)
                .setShardCount(1)
                .setIndexKind(spec.getIndexKind())
                .setPhaseTimeMs(pass.nowMs())
                .build();
        pass.fence()
                .change()
                .create(paths.generation(name, 0), generation)
                .folder(paths.shards(name, 0))
                .create(paths.shard(name, 0, 0), targets.getFirst())
                .commit("placing generation 0 of collection \"" + name + "\"");
        return true;
    }

    private static boolean serve(Pass pass, CollectionSpec spec, GenerationTree first) {
        Readiness readiness = new Readiness(pass.reports(), pass.tree().partitionCount());
        if (!readiness.ready(spec.getUuid(), first, Map.of())) {
            return false;
        }
        String name = spec.getName();
        GenerationNode serving = first.value().toBuilder()
                .setPhase(GenerationPhase.GENERATION_PHASE_SERVING)
                .setPhaseTimeMs(pass.nowMs())
                .build();
        pass.fence()
                .change()
                .replace(pass.paths().generation(name, 0), first.node().version(), serving)
                .create(
                        pass.paths().serving(name),
                        ServingNode.newBuilder().setGeneration(0).build())
                .commit("opening collection \"" + name + "\"");
        LOG.info("collection \"{}\" takes writes and searches", name);
        return true;
    }
}
