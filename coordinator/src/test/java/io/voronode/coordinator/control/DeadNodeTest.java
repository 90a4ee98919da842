package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadNodeTest extends ControlTest {
    /** Its first shard is placed, by the hash of its name, on another node than the first. */
    private static final String COLLECTION = "papers";

    @Test
    void theReplicaOfANodeThatStaysAwayIsBuiltOnAnother() {
        ControlPlane plane = bed.plane("a", 1, 1);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        plane.collections().create(ControlBed.config(COLLECTION), ControlBed.NO_ID, ControlBed.SOON);
        FakeNode second = bed.nodes.addNode("n2", "z2");
        awaitReplicas(plane, List.of("n1", "n2"));
        bed.nodes.addNode("n3", "z3");

        second.close();

        awaitReplicas(plane, List.of("n1", "n3"));
    }

    @Test
    void aNewCollectionOpensThoughTheNodeOfItsOnlyShardDied() throws Exception {
        ControlPlane plane = bed.plane("a", 1, 1);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");
        ControlBed.await(
                plane,
                image -> image.rpcAddress("n2").isPresent()
                        && image.rpcAddress("n3").isPresent());
        bed.nodes.holdFirstShards = true;
        CompletableFuture<Collection> created = CompletableFuture.supplyAsync(() -> plane.collections()
                .create(
                        ControlBed.config(COLLECTION).toBuilder()
                                .setIndexReplicas(1)
                                .build(),
                        ControlBed.NO_ID,
                        ControlBed.SOON));
        plane.images().awaitTree(tree -> shardZero(tree) != null, ControlBed.SOON);
        String holder = Objects.requireNonNull(shardZero(plane.images().tree())).getReplicas(0);
        assertThat(holder).as("the only partition must go on").isNotEqualTo("n1");

        bed.nodes.node(holder).close();
        bed.nodes.holdFirstShards = false;

        assertThat(created.get(ControlBed.SOON.toSeconds(), TimeUnit.SECONDS).getServingGeneration())
                .isZero();
    }

    private static void awaitReplicas(ControlPlane plane, List<String> nodes) {
        plane.images()
                .awaitTree(
                        tree -> {
                            ShardTarget shard = shardZero(tree);
                            return shard != null
                                    && shard.getReplicasList().equals(nodes)
                                    && shard.getBuildingCount() == 0;
                        },
                        ControlBed.SOON);
    }

    private static @Nullable ShardTarget shardZero(TreeSnapshot tree) {
        CollectionTree collection = tree.collections().get(COLLECTION);
        if (collection == null) {
            return null;
        }
        var generation = collection.generations().get(0);
        var shard = generation == null ? null : generation.shards().get(0);
        return shard == null ? null : shard.value();
    }
}
