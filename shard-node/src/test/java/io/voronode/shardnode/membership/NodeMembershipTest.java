package io.voronode.shardnode.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.shardnode.ShardNodeConfig;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeMembershipTest {
    private static final ClusterTree TREE = new ClusterTree("test");
    private static final NodeRegistration REGISTRATION = NodeRegistration.newBuilder()
            .setNode("n1")
            .setZone("z")
            .setState(NodeAdminState.NODE_ADMIN_STATE_ACTIVE)
            .build();
    private static final Duration SESSION_TIMEOUT = ShardNodeConfig.DEFAULT_SESSION_TIMEOUT;
    private static final NodeLiveness LIVENESS =
            NodeLiveness.newBuilder().setNode("n1").setIncarnation("i1").build();

    @TempDir
    private Path folder;

    @Test
    void aNodeIsRegisteredOnceAndLiveAsLongAsItRuns() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                CuratorFramework client = client(zookeeper)) {
            NodeMembership membership =
                    NodeMembership.start(zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, LIVENESS);
            await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i1")) != null);
            assertThat(decode(client)).isEqualTo(REGISTRATION);
            NodeRegistration draining = REGISTRATION.toBuilder()
                    .setState(NodeAdminState.NODE_ADMIN_STATE_DRAINING)
                    .build();
            client.setData().forPath(TREE.registeredNode("n1"), ClusterTree.encode(draining));

            membership.close();
            await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i1")) == null);
            NodeLiveness again = LIVENESS.toBuilder().setIncarnation("i2").build();
            NodeRegistration moved = REGISTRATION.toBuilder().setZone("other").build();
            try (NodeMembership restarted =
                    NodeMembership.start(zookeeper.connectString(), SESSION_TIMEOUT, TREE, moved, again)) {
                assertThat(restarted).isNotNull();
                await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i2")) != null);
            }
            assertThat(decode(client))
                    .as("the state is the controller's word, the zone the node's")
                    .isEqualTo(draining.toBuilder().setZone("other").build());
        }
    }

    @Test
    void aLostEphemeralComesBack() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                CuratorFramework client = client(zookeeper);
                NodeMembership membership = NodeMembership.start(
                        zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, LIVENESS)) {
            assertThat(membership).isNotNull();
            String path = TREE.liveNode("n1", "i1");
            await(() -> client.checkExists().forPath(path) != null);

            client.delete().forPath(path);

            await(() -> client.checkExists().forPath(path) != null);
        }
    }

    @Test
    void aNodeDoesNotJoinATreeOfALaterLayout() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                CuratorFramework client = client(zookeeper)) {
            ClusterFormat format = ClusterFormat.newBuilder()
                    .setLayoutVersion(ClusterTree.LAYOUT_VERSION + 1)
                    .build();
            client.create().creatingParentsIfNeeded().forPath(TREE.format(), ClusterTree.encode(format));
            try (NodeMembership membership =
                    NodeMembership.start(zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, LIVENESS)) {
                await(() -> membership.lastFailure() instanceof VoronodeException.BadInput);
                assertThat(client.checkExists().forPath(TREE.registeredNode("n1")))
                        .isNull();
                client.setData()
                        .forPath(
                                TREE.format(),
                                ClusterTree.encode(format.toBuilder()
                                        .setLayoutVersion(ClusterTree.LAYOUT_VERSION)
                                        .build()));
                await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i1")) != null);
            }
        }
    }

    @Test
    void aSecondProcessUnderTheSameNameWaitsUntilTheFirstIsGone() throws Exception {
        NodeLiveness first = LIVENESS.toBuilder().setPeerId("disk-1").build();
        NodeLiveness second =
                LIVENESS.toBuilder().setPeerId("disk-2").setIncarnation("i2").build();
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                CuratorFramework client = client(zookeeper)) {
            NodeMembership membership =
                    NodeMembership.start(zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, first);
            await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i1")) != null);
            try (NodeMembership other =
                    NodeMembership.start(zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, second)) {
                await(() -> other.lastFailure() instanceof VoronodeException.Unavailable);
                NodeLiveness restarted = first.toBuilder().setIncarnation("i3").build();
                try (NodeMembership sameDisk = NodeMembership.start(
                        zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, restarted)) {
                    assertThat(sameDisk).isNotSameAs(other);
                    await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i3")) != null);
                    membership.close();
                    await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i1")) == null);
                    assertThat(client.checkExists().forPath(TREE.liveNode("n1", "i2")))
                            .isNull();
                }
                await(() -> client.checkExists().forPath(TREE.liveNode("n1", "i2")) != null);
            }
        }
    }

    @Test
    void aRetiredNameIsNotLive() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                CuratorFramework client = client(zookeeper)) {
            NodeRegistration gone = REGISTRATION.toBuilder()
                    .setState(NodeAdminState.NODE_ADMIN_STATE_GONE)
                    .build();
            client.create().creatingParentsIfNeeded().forPath(TREE.registeredNode("n1"), ClusterTree.encode(gone));
            try (NodeMembership membership = NodeMembership.start(
                            zookeeper.connectString(), SESSION_TIMEOUT, TREE, REGISTRATION, LIVENESS);
                    NodeMembership later = NodeMembership.start(
                            zookeeper.connectString(),
                            SESSION_TIMEOUT,
                            TREE,
                            REGISTRATION.toBuilder().setNode("n2").build(),
                            LIVENESS.toBuilder().setNode("n2").build())) {
                assertThat(membership).isNotSameAs(later);
                await(() -> client.checkExists().forPath(TREE.liveNode("n2", "i1")) != null);

                assertThat(client.checkExists().forPath(TREE.liveNode("n1", "i1")))
                        .isNull();
            }
        }
    }

    private static NodeRegistration decode(CuratorFramework client) throws Exception {
        String path = TREE.registeredNode("n1");
        return ClusterTree.decode(path, client.getData().forPath(path), NodeRegistration.newBuilder())
                .build();
    }

    private static CuratorFramework client(TestZooKeeper zookeeper) throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.newClient(zookeeper.connectString(), new RetryOneTime(100));
        client.start();
        return client;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
