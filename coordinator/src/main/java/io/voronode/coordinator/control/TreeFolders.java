package io.voronode.coordinator.control;

import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.wire.ClusterTree;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The znodes that only have children: transactions do not make parents. Any coordinator makes those that are missing. */
final class TreeFolders {
    private static final Logger LOG = LoggerFactory.getLogger(TreeFolders.class);

    private TreeFolders() {}

    static void ensure(CuratorFramework client, ClusterTree paths) {
        List<String> folders = List.of(
                paths.latch(),
                paths.registeredNodes(),
                paths.liveNodes(),
                paths.liveCoordinators(),
                paths.partitions(),
                paths.collections());
        folders.forEach(folder -> ensure(client, folder));
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
