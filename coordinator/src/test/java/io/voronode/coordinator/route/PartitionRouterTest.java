package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakeImages;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.Position;
import io.voronode.wire.Channels;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PartitionRouterTest {
    private static final int TIME_SECONDS = 10;

    /** The network of the leader is cut. Until others have elected one of them they say that it leads. */
    @Test
    void aLeaderThatWasSilentIsNotAskedAgainBecauseOthersNameIt() throws Exception {
        try (FakeCluster cluster = new FakeCluster(3, 1, Metric.EUCLIDEAN, 4);
                Channels channels = new Channels();
                ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            FakeImages source = new FakeImages();
            source.set(cluster.image(Map.of()));
            PartitionRouter router = new PartitionRouter(new Images(source), channels);
            router.barrier(0);
            cluster.node(0).barriers.set(0);
            cluster.node(0).setCutOff(true);
            Future<?> _ =
                    timer.scheduleWithFixedDelay(() -> electWhenAllHaveBeenAsked(cluster), 0, 1, TimeUnit.MILLISECONDS);

            Position position = Context.current()
                    .withDeadlineAfter(TIME_SECONDS, TimeUnit.SECONDS, timer)
                    .call(() -> router.barrier(0));

            assertThat(position.getIndex()).isEqualTo(2);
            assertThat(cluster.node(0).barriers).hasValue(1);
        }
    }

    private static void electWhenAllHaveBeenAsked(FakeCluster cluster) {
        if (cluster.node(1).barriers.get() > 0 && cluster.node(2).barriers.get() > 0) {
            cluster.partition(0).setLeader("node-1");
        }
    }
}
