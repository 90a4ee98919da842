package io.voronode.coordinator.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperTest {
    @TempDir
    Path folder;

    @Test
    void keepsTheTreeOverARestartAndDropsEphemeralsOfTheDeadAtOnce() throws Exception {
        EmbeddedZooKeeper first = EmbeddedZooKeeper.start(folder);
        CuratorFramework dead = ZooKeeperClient.connect(first.connectString(), Duration.ofSeconds(30));
        dead.create().creatingParentsIfNeeded().forPath("/a/kept", "intent".getBytes(StandardCharsets.UTF_8));
        dead.create().withMode(CreateMode.EPHEMERAL).forPath("/a/live", new byte[0]);
        // The server goes first, so the session is not closed: as with kill -9 of the one process.
        first.close();
        dead.close();
        try (EmbeddedZooKeeper second = EmbeddedZooKeeper.start(folder);
                CuratorFramework client = ZooKeeperClient.connect(second.connectString(), Duration.ofSeconds(30))) {
            assertThat(new String(client.getData().forPath("/a/kept"), StandardCharsets.UTF_8))
                    .isEqualTo("intent");
            assertThat(client.checkExists().forPath("/a/live")).isNull();
        }
    }

    @Test
    void listensOnLoopbackOnly() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder)) {
            assertThat(server.connectString()).startsWith("127.0.0.1:").doesNotEndWith(":0");
        }
    }
}
