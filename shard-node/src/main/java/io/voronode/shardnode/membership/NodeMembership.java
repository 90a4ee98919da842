package io.voronode.shardnode.membership;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's znodes: its registration, which is made once and then belongs to the controller, and the ephemeral one that says that it lives,
 * which comes back after a lost session. Works in the background: without ZooKeeper the node serves what it has and keeps trying.
 */
public final class NodeMembership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMembership.class);
    private static final int CONNECTION_TIMEOUT_MS = 5_000;
    private static final long RETRY_MS = 1_000;

    private final ClusterTree tree;
    private final NodeRegistration registration;
    private final NodeLiveness liveness;
    private final CuratorFramework curator;
    private final Thread registering;
    private volatile boolean closed;
    private volatile @Nullable PersistentNode live;
    private volatile @Nullable Exception lastFailure;

    private NodeMembership(
            String zookeeper,
            Duration sessionTimeout,
            ClusterTree tree,
            NodeRegistration registration,
            NodeLiveness liveness) {
        this.tree = tree;
        this.registration = registration;
        this.liveness = liveness;
        this.curator = CuratorFrameworkFactory.builder()
                .connectString(zookeeper)
                .sessionTimeoutMs(Math.toIntExact(sessionTimeout.toMillis()))
                .connectionTimeoutMs(CONNECTION_TIMEOUT_MS)
                .retryPolicy(new BoundedExponentialBackoffRetry(100, 5_000, 10))
                // The connect string is what was decided; Curator would otherwise follow the ensemble's configuration.
                .ensembleTracker(false)
                .build();
        this.registering = Thread.ofVirtual().name("node-registration").unstarted(this::register);
    }

    /** Starts to register; does not wait for ZooKeeper. */
    public static NodeMembership start(
            String zookeeper,
            Duration sessionTimeout,
            ClusterTree tree,
            NodeRegistration registration,
            NodeLiveness liveness) {
        NodeMembership membership = new NodeMembership(zookeeper, sessionTimeout, tree, registration, liveness);
        membership.curator.start();
        membership.registering.start();
        return membership;
    }

    private void register() {
        while (!closed) {
            try {
                if (curator.blockUntilConnected(CONNECTION_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                    announce();
                    return;
                }
                LOG.warn("ZooKeeper is not reachable; node {} keeps trying to register", registration.getNode());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                // Curator declares Exception; whatever it was, the next attempt starts from the beginning.
                logNew(e);
                lastFailure = e;
                pause();
            }
        }
    }

    /** What stands in the way may do so for long: it is said once. */
    private void logNew(Exception e) {
        Exception last = lastFailure;
        if (last == null || !String.valueOf(last.getMessage()).equals(e.getMessage())) {
            LOG.warn("node {} cannot register yet and keeps trying: {}", registration.getNode(), e.getMessage());
            LOG.debug("why", e);
        }
    }

    /** Why the last attempt to register failed; null if none has. */
    @Nullable
    Exception lastFailure() {
        return lastFailure;
    }

    private void announce() throws Exception {
        requireKnownLayout();
        String path = tree.registeredNode(registration.getNode());
        NodeRegistration known = createRegistration(path);
        if (known.getState() == NodeAdminState.NODE_ADMIN_STATE_GONE) {
            LOG.error(
                    "node name {} has been retired: this node will not be used; start it under another name",
                    registration.getNode());
            return;
        }
        curator.createContainers(tree.liveNodes());
        requireNoOther();
        PersistentNode node = new PersistentNode(
                curator,
                CreateMode.EPHEMERAL,
                false,
                tree.liveNode(liveness.getNode(), liveness.getIncarnation()),
                ClusterTree.encode(liveness));
        node.start();
        live = node;
        if (closed) {
            close(node);
        }
    }

    private void requireKnownLayout() throws Exception {
        if (curator.checkExists().forPath(tree.format()) != null) {
            byte[] content = curator.getData().forPath(tree.format());
            tree.requireKnownLayout(ClusterTree.decode(tree.format(), content, ClusterFormat.newBuilder())
                    .build());
        }
    }

    /**
     * A second process under this name with another disk would be taken for the node, which holds other data. One that died is away with
     * its session, so trying again ends the wait for it.
     */
    private void requireNoOther() throws Exception {
        for (String child : curator.getChildren().forPath(tree.liveNodes())) {
            NodeLiveness other = read(tree.liveNodes() + "/" + child);
            if (other.getNode().equals(liveness.getNode()) && !other.getPeerId().equals(liveness.getPeerId())) {
                throw new VoronodeException.Unavailable("another process with another disk is node \""
                        + liveness.getNode() + "\" at " + other.getEndpoints().getRpc());
            }
        }
    }

    private NodeLiveness read(String path) throws Exception {
        try {
            return ClusterTree.decode(path, curator.getData().forPath(path), NodeLiveness.newBuilder())
                    .build();
        } catch (NoNodeException e) {
            return NodeLiveness.getDefaultInstance();
        }
    }

    private NodeRegistration createRegistration(String path) throws Exception {
        try {
            curator.create().creatingParentsIfNeeded().forPath(path, ClusterTree.encode(registration));
            return registration;
        } catch (NodeExistsException e) {
            return describeAnew(path);
        }
    }

    /** Zone and capacity are the node's to say and may have changed with its configuration; its state is the controller's. */
    private NodeRegistration describeAnew(String path) throws Exception {
        Stat stat = new Stat();
        byte[] content = curator.getData().storingStatIn(stat).forPath(path);
        NodeRegistration known =
                ClusterTree.decode(path, content, NodeRegistration.newBuilder()).build();
        NodeRegistration next = known.toBuilder()
                .setZone(registration.getZone())
                .setCapacityBytes(registration.getCapacityBytes())
                .build();
        if (!next.equals(known)) {
            curator.setData().withVersion(stat.getVersion()).forPath(path, ClusterTree.encode(next));
        }
        return next;
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Says farewell to the cluster: the ephemeral znode goes at once. */
    @Override
    public void close() {
        closed = true;
        registering.interrupt();
        PersistentNode node = live;
        if (node != null) {
            close(node);
        }
        curator.close();
    }

    private static void close(PersistentNode node) {
        try {
            node.close();
        } catch (IOException e) {
            LOG.debug("the ephemeral znode goes with its session", e);
        }
    }
}
