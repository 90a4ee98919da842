package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.Vector;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of a node that takes much longer than another that has the same shard. */
class HedgedSearchTest {
    private static final Query QUERY = Query.newBuilder()
            .setVector(Vector.newBuilder().addValues(1).addValues(2))
            .build();
    private static final SearchParams PARAMS = SearchParams.newBuilder().setK(1).build();
    private static final int ENOUGH_TO_KNOW_BOTH = 400;

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;
    private int sent;
    private double hedgesBefore;

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
    void areAnsweredByTheOtherAndCancelledAtTheFirstWhichThenRests() throws InterruptedException {
        learn();
        int before = cluster.node(0).searches.size();
        cluster.node(0).setFrozen(true);

        for (int i = 0; i < 60; i++) {
            search();
        }

        int atTheSlowOne = cluster.node(0).searches.size() - before;
        assertThat(atTheSlowOne).as("before it rests").isGreaterThanOrEqualTo(3).isLessThan(20);
        awaitCount("voronode.search.hedges", hedgesBefore + atTheSlowOne);
        assertThat(cluster.node(0).cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void failWhereNeitherAnswersAndBothWereAskedOnce() {
        learn();
        int before = cluster.node(0).searches.size() + cluster.node(1).searches.size();
        cluster.node(0).setFrozen(true);
        cluster.node(1).setFrozen(true);

        assertThatThrownBy(() -> search(3)).isInstanceOf(StatusRuntimeException.class);

        assertThat(cluster.node(0).searches.size() + cluster.node(1).searches.size() - before)
                .isEqualTo(2);
    }

    @Test
    void ofManyQueriesWaitForIt() {
        learn();
        int before = cluster.node(0).searches.size();
        cluster.node(0).setFrozen(true);

        while (cluster.node(0).searches.size() == before) {
            coordinator
                    .search()
                    .withDeadlineAfter(4, TimeUnit.SECONDS)
                    .batchSearch(BatchSearchRequest.newBuilder()
                            .setCollection(FakeCluster.COLLECTION)
                            .addQueries(QUERY)
                            .addQueries(QUERY)
                            .setParams(PARAMS)
                            .build());
            sent += 2;
        }

        awaitCount("voronode.search.queries", sent);
        assertThat(count("voronode.search.hedges")).isEqualTo(hedgesBefore);
    }

    /** What is usual at both, and lets all of it be counted. */
    private void learn() {
        for (int i = 0; i < ENOUGH_TO_KNOW_BOTH; i++) {
            search();
        }
        awaitCount("voronode.search.queries", sent);
        hedgesBefore = count("voronode.search.hedges");
    }

    /** Searches are counted when they have been answered already. */
    private void awaitCount(String meter, double least) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (count(meter) < least) {
            assertThat(System.nanoTime())
                    .as("%s is %s of %s", meter, count(meter), least)
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private void search() {
        search(10);
    }

    private void search(int seconds) {
        coordinator
                .search()
                .withDeadlineAfter(seconds, TimeUnit.SECONDS)
                .search(SearchRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setQuery(QUERY)
                        .setParams(PARAMS)
                        .build());
        sent++;
    }

    private double count(String meter) {
        return coordinator.meters.counter(meter).count();
    }
}
