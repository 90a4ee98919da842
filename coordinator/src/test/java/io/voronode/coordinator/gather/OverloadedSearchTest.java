package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Overload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of nodes that have too much to do. */
class OverloadedSearchTest {
    private static final SearchRequest SEARCH = SearchRequest.newBuilder()
            .setCollection(FakeCluster.COLLECTION)
            .setQuery(Query.newBuilder()
                    .setVector(Vector.newBuilder().addValues(1).addValues(2)))
            .setParams(SearchParams.newBuilder().setK(1))
            .build();

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, 2, Metric.EUCLIDEAN, 2);
        cluster.setReplicas(2);
        cluster.begin(0, CellMap.single(Metric.EUCLIDEAN, 2));
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void areRefusedAsAnOverloadWithTheLongestTimeThatWasAskedFor() {
        overload(0, Duration.ofMillis(120));
        overload(1, Duration.ofMillis(120));

        assertOverload(() ->
                coordinator.search().withDeadlineAfter(2, TimeUnit.SECONDS).search(SEARCH));
        assertOverload(() -> coordinator
                .records()
                .withDeadlineAfter(2, TimeUnit.SECONDS)
                .deleteByFilter(DeleteByFilterRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setFilter(Filter.newBuilder()
                                .setExists(ExistsFilter.newBuilder().setField("k")))
                        .build()));
        assertThat(cluster.node(0).searches.size() + cluster.node(1).searches.size())
                .as("two calls of two seconds, of which half may pass, with 120 ms between them")
                .isLessThan(2 * 2 * 11);
    }

    private void assertOverload(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(e -> assertThat(Statuses.fromGrpc(e))
                        .isInstanceOfSatisfying(
                                Overload.class,
                                overload -> assertThat(overload.retryDelay()).isEqualTo(Duration.ofMillis(120))));
    }

    @Test
    void areAnsweredByAnotherReplicaAndTheFirstIsNotPassedOver() {
        overload(0, Duration.ofMillis(50));
        for (int i = 0; i < 40; i++) {
            coordinator.search().search(SEARCH);
        }
        assertThat(cluster.node(1).searches).hasSize(40);
        assertThat(cluster.node(0).searches).hasSizeGreaterThan(5);
    }

    private void overload(int node, Duration delay) {
        cluster.node(node).overloadDelay = delay;
        cluster.node(node).scansOverloaded = true;
    }
}
