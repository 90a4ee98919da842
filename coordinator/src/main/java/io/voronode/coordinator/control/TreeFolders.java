package io.voronode.coordinator.control;

import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The znodes that only have children: transactions do not make parents. Any coordinator makes those that are missing. */
final class TreeFolders {
    private static final Logger LOG = LoggerFactory.getLogger(TreeFolders.class);

    private TreeFolders() {}

    /**
     * Makes them.
     *
     * @throws VoronodeException.BadInput if the tree has a layout that this program does not know
     */
    static void ensure(CuratorFramework client, ClusterTree paths) {
        requireKnownLayout(client, paths);
        List<String> folders = List.of(
                paths.latch(),
                paths.registeredNodes(),
                paths.liveNodes(),
                paths.liveCoordinators(),
                paths.partitions(),
                paths.collections());
        folders.forEach(folder -> ensure(client, folder));
    }

    /**
     * To be called before anything is written that is not fenced by an epoch.
     *
     * @throws VoronodeException.BadInput if the tree has a layout that this program does not know
     */
    static void requireKnownLayout(CuratorFramework client, ClusterTree paths) {
        try {
            byte[] content = client.getData().forPath(paths.format());
            paths.requireKnownLayout(ClusterTree.decode(paths.format(), content, ClusterFormat.newBuilder())
                    .build());
        } catch (KeeperException.NoNodeException e) {
            LOG.debug("the cluster is yet to be made");
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("reading the format of the cluster tree", e);
        }
    }

    private static void ensure(CuratorFramework client, String folder) {
        try {
            client.create().creatingParentsIfNeeded().forPath(folder, new byte[0]);
        } catch (KeeperException.NodeExistsException e) {
            LOG.debug("{} is there", folder);
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("making the cluster tree", e);
        }
    }
}
