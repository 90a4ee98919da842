package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/** The config znodes of collections, which any coordinator may make and change; the controller may too, so all by compare-and-set. */
final class CollectionConfigs {
    private static final int MAX_ATTEMPTS = 10;

    private final CuratorFramework client;
    private final ClusterTree paths;

    CollectionConfigs(CuratorFramework client, ClusterTree paths) {
        this.client = client;
        this.paths = paths;
    }

    /** Makes the znodes of a new collection; false if there is one of that name. */
    boolean create(CollectionNode node) {
        TreeFolders.requireKnownLayout(client, paths);
        String name = node.getSpec().getName();
        byte[] content = ClusterTree.encode(node);
        try {
            client.transaction()
                    .forOperations(List.of(
                            client.transactionOp().create().forPath(paths.collection(name), new byte[0]),
                            client.transactionOp().create().forPath(paths.collectionConfig(name), content),
                            client.transactionOp().create().forPath(paths.generations(name), new byte[0])));
            return true;
        } catch (KeeperException.NodeExistsException e) {
            return false;
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("creating collection \"" + name + "\"", e);
        }
    }

    /** The config as it is now. */
    Optional<CollectionNode> find(String name) {
        return read(name).map(Versioned::value);
    }

    private Optional<Versioned<CollectionNode>> read(String name) {
        CollectionLimits.requireName(name);
        String path = paths.collectionConfig(name);
        Stat stat = new Stat();
        try {
            byte[] content = client.getData().storingStatIn(stat).forPath(path);
            CollectionNode node = ClusterTree.decode(path, content, CollectionNode.newBuilder())
                    .build();
            return Optional.of(new Versioned<>(node, stat.getVersion()));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("reading collection \"" + name + "\"", e);
        }
    }

    /**
     * Changes the config, from what it is at that moment; writes nothing where the change is none.
     *
     * @param change may be called several times; what it throws is passed on
     * @return as it is now
     * @throws NotFound if there is none
     */
    CollectionNode change(String name, UnaryOperator<CollectionNode> change) {
        TreeFolders.requireKnownLayout(client, paths);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Versioned<CollectionNode> present = read(name).orElseThrow(() -> notFound(name));
            CollectionNode next = change.apply(present.value());
            if (next.equals(present.value()) || replace(name, present.version(), next)) {
                return next;
            }
        }
        throw new Overload("collection \"" + name + "\" is changed by others all the time", Duration.ofMillis(100));
    }

    private boolean replace(String name, int version, CollectionNode next) {
        byte[] content = ClusterTree.encode(next);
        try {
            client.setData().withVersion(version).forPath(paths.collectionConfig(name), content);
            return true;
        } catch (KeeperException.BadVersionException e) {
            return false;
        } catch (KeeperException.NoNodeException e) {
            throw notFound(name);
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("changing collection \"" + name + "\"", e);
        }
    }

    private static NotFound notFound(String name) {
        return new NotFound("collection \"" + name + "\" does not exist");
    }
}
