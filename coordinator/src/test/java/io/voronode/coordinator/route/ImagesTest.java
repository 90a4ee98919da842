package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakeImages;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.ImageSource;
import io.voronode.engine.simd.Metric;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ImagesTest {

    @Test
    void findsACollectionThatWasMadeRightAfterARefresh() {
        try (FakeCluster cluster = new FakeCluster(1, 1, Metric.EUCLIDEAN, 4)) {
            FakeImages source = new FakeImages();
            source.set(cluster.image(Map.of()));
            Images images = new Images(source);
            images.tryRefresh();
            source.setFresh(cluster.image(0));

            assertThat(images.collection(FakeCluster.COLLECTION).serving()).isZero();
        }
    }

    @Test
    void thoseWhoWaitForARefreshShareItsFailure() {
        SilentSource source = new SilentSource();
        Images images = new Images(source);
        List<Integer> callers = IntStream.range(0, 20).boxed().toList();
        long start = System.nanoTime();

        Fanout.map(callers, caller -> {
            images.tryRefresh();
            return caller;
        });

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(source.refreshes.get()).isLessThan(10);
    }

    /** ZooKeeper does not answer: each refresh takes its whole time and fails. */
    private static final class SilentSource implements ImageSource {
        private final AtomicInteger refreshes = new AtomicInteger();

        @Override
        public ClusterImage current() {
            return ClusterImage.EMPTY;
        }

        @Override
        public ClusterImage refresh() {
            refreshes.incrementAndGet();
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new Unavailable("ZooKeeper is silent");
        }

        @Override
        public ClusterImage await(Predicate<ClusterImage> condition, Duration timeout) {
            throw new Unavailable("ZooKeeper is silent");
        }
    }
}
