package io.voronode.coordinator.zookeeper;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Removes every ephemeral znode of a server whose former clients are known to be dead. Used once, before any other client
 * connects; walks the whole tree, which is small.
 */
final class LeftoverEphemerals {
    private static final int SESSION_TIMEOUT_MS = 10_000;

    private LeftoverEphemerals() {}

    static void remove(String connectString) throws IOException, InterruptedException, KeeperException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(connectString, SESSION_TIMEOUT_MS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        try {
            if (!connected.await(SESSION_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException("no session with " + connectString + " in " + SESSION_TIMEOUT_MS + " ms");
            }
            removeBelow(client, "/");
        } finally {
            client.close();
        }
    }

    private static void removeBelow(ZooKeeper client, String path) throws InterruptedException, KeeperException {
        Stat stat = new Stat();
        for (String child : client.getChildren(path, false, stat)) {
            if (!path.equals("/") || !child.equals("zookeeper")) {
                removeBelow(client, path.equals("/") ? "/" + child : path + "/" + child);
            }
        }
        if (stat.getEphemeralOwner() != 0) {
            client.delete(path, -1);
        }
    }
}
