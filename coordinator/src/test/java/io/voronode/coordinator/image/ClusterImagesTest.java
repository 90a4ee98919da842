package io.voronode.coordinator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.coordinator.zookeeper.EmbeddedZooKeeper;
import io.voronode.coordinator.zookeeper.ZooKeeperClient;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterImagesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final ClusterTree paths = new ClusterTree("test");
    private final Channels channels = new Channels();
    private EmbeddedZooKeeper zooKeeper;
    private CuratorFramework writer;
    private CuratorFramework reader;
    private ClusterImages images;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
        writer = ZooKeeperClient.connect(zooKeeper.connectString(), Duration.ofSeconds(10));
        writer.create().creatingParentsIfNeeded().forPath(paths.registeredNodes());
        writer.create().creatingParentsIfNeeded().forPath(paths.liveCoordinators());
        reader = ZooKeeperClient.connect(zooKeeper.connectString(), Duration.ofSeconds(10));
        images = ClusterImages.start(reader, paths, "c-1", folder.resolve("maps"), channels);
    }

    @AfterEach
    void stop() {
        images.close();
        reader.close();
        writer.close();
        zooKeeper.close();
        channels.close();
    }

    @Test
    void containsAfterARefreshWhatAnotherClientWroteBefore() throws Exception {
        for (int i = 0; i < 200; i++) {
            register("n" + i);
            assertThat(images.refresh().nodes()).hasSize(i + 1);
        }
    }

    @Test
    void followsChangesByItself() throws Exception {
        register("n1");
        images.await(image -> image.nodes().containsKey("n1"), SOON);
        writer.delete().forPath(paths.registeredNode("n1"));
        images.await(image -> image.nodes().isEmpty(), SOON);

        assertThatThrownBy(() -> images.await(image -> !image.nodes().isEmpty(), Duration.ofMillis(20)))
                .isInstanceOf(DeadlineExceeded.class);
    }

    @Test
    void keepsTheLastImageWhenAZnodeCannotBeReadAndGoesOnWhenItCan() throws Exception {
        register("n1");
        images.await(image -> image.nodes().containsKey("n1"), SOON);
        writer.create().forPath(paths.registeredNode("n2"), "not json".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(images::refresh).hasMessageContaining(paths.registeredNode("n2"));
        assertThat(images.current().nodes()).containsOnlyKeys("n1");

        writer.delete().forPath(paths.registeredNode("n2"));
        register("n3");
        images.await(image -> image.nodes().containsKey("n3"), SOON);
    }

    @Test
    void keepsTheLastImageWhenZooKeeperIsGone() throws Exception {
        register("n1");
        images.await(image -> image.nodes().containsKey("n1"), SOON);
        zooKeeper.close();

        assertThat(images.current().nodes()).containsOnlyKeys("n1");
        assertThatThrownBy(images::refresh).isInstanceOf(Unavailable.class);
        assertThat(images.current().nodes()).containsOnlyKeys("n1");
    }

    @Test
    void saysThatItLivesOnceItsAddressIsKnown() throws Exception {
        assertThat(writer.getChildren().forPath(paths.liveCoordinators())).isEmpty();

        images.announce("127.0.0.1:7700");

        CoordinatorLiveness liveness = images.await(
                        image -> image.coordinators().containsKey("c-1"), SOON)
                .coordinators()
                .get("c-1");
        assertThat(liveness)
                .isNotNull()
                .extracting(CoordinatorLiveness::getAddress)
                .isEqualTo("127.0.0.1:7700");
    }

    private void register(String node) throws Exception {
        writer.create()
                .forPath(
                        paths.registeredNode(node),
                        ClusterTree.encode(
                                NodeRegistration.newBuilder().setNode(node).build()));
    }
}
