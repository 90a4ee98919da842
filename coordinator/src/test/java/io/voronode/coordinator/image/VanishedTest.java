package io.voronode.coordinator.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class VanishedTest {
    private static final long SECOND = 1_000_000_000L;

    private static final ClusterFormat FORMAT =
            ClusterFormat.newBuilder().setPartitionCount(1).build();
    private static final TreeSnapshot WITH_FORMAT = tree(FORMAT, new TreeMap<>());
    private static final TreeSnapshot WITHOUT_FORMAT = tree(null, new TreeMap<>());

    private final Vanished vanished = new Vanished();

    private static ClusterImage image(boolean dropping) {
        GenerationImage generation = new GenerationImage(
                GenerationNode.getDefaultInstance(),
                CellMap.single(Metric.EUCLIDEAN, 2),
                null,
                List.of(ShardTarget.getDefaultInstance()));
        CollectionImage articles = new CollectionImage(
                CollectionSpec.newBuilder()
                        .setName("articles")
                        .setUuid(ByteString.copyFromUtf8("u"))
                        .build(),
                dropping,
                false,
                0,
                new TreeMap<>(Map.of(0, generation)));
        return new ClusterImage("c", 1, Map.of(), Map.of(), null, List.of(), Map.of("articles", articles), Set.of());
    }

    private static final ClusterImage WITHOUT =
            new ClusterImage("c", 1, Map.of(), Map.of(), null, List.of(), Map.of(), Set.of());

    @Test
    void aCollectionThatWentBeforeTheRestOfTheTreeStays() {
        assertThat(next(image(false), WITH_FORMAT, 0)).containsOnlyKeys("articles");
        assertThat(next(WITHOUT, WITHOUT_FORMAT, 30 * SECOND)).containsOnlyKeys("articles");
    }

    @Test
    void whereTheTreeStaysItGoesAfterAWhile() {
        ClusterImage kept = vanished.keep(image(false), WITHOUT, WITH_FORMAT, 0);
        assertThat(next(kept, WITH_FORMAT, 9 * SECOND)).containsOnlyKeys("articles");
        assertThat(next(kept, WITH_FORMAT, 11 * SECOND)).isEmpty();
        assertThat(next(WITHOUT, WITHOUT_FORMAT, 61 * SECOND)).isEmpty();
        assertThat(vanished.isEmpty()).isTrue();
    }

    @Test
    void oneThatWasDroppedOrReplacedGoesAtOnce() {
        assertThat(next(image(true), WITH_FORMAT, 0)).isEmpty();

        CollectionNode other = CollectionNode.newBuilder()
                .setSpec(CollectionSpec.newBuilder().setUuid(ByteString.copyFromUtf8("other")))
                .build();
        CollectionTree successor = new CollectionTree(new Versioned<>(other, 0), null, new TreeMap<>());
        assertThat(next(image(false), tree(FORMAT, new TreeMap<>(Map.of("articles", successor))), 0))
                .isEmpty();
        assertThat(vanished.isEmpty()).isTrue();
    }

    private Map<String, CollectionImage> next(ClusterImage last, TreeSnapshot tree, long nanos) {
        return vanished.keep(last, WITHOUT, tree, nanos).collections();
    }

    private static TreeSnapshot tree(@Nullable ClusterFormat format, SortedMap<String, CollectionTree> collections) {
        return new TreeSnapshot(
                format,
                null,
                MovementSettings.getDefaultInstance(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                collections);
    }
}
