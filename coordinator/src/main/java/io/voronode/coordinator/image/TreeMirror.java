package io.voronode.coordinator.image;

import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.wire.VoronodeException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.data.Stat;

/**
 * A copy of the tree below one znode, kept by one persistent recursive watch. The watch only notes which paths have changed; {@link
 * #catchUp()} reads those again, whole znodes, so however many changes a path had it is read once.
 *
 * <p>A new session has no watch and a new connection may have missed events: {@link #invalidate()} makes the next catch-up set the
 * watch and read everything.
 *
 * <p>Concurrency: events come on ZooKeeper's thread and touch only the set of changed paths, under its lock. Everything else belongs to
 * the one thread that calls {@link #catchUp()}.
 */
final class TreeMirror {
    private final CuratorFramework client;
    private final String root;
    private final Runnable onChange;
    private final Watcher watcher = this::changed;
    private final TreeMap<String, Znode> znodes = new TreeMap<>();
    private final Set<String> changedPaths = new HashSet<>();
    private boolean invalid = true;

    /** Calls back, on ZooKeeper's thread, whenever there is something to catch up with. */
    TreeMirror(CuratorFramework client, String root, Runnable onChange) {
        this.client = client;
        this.root = root;
        this.onChange = onChange;
    }

    /** Distrusts everything. Any thread. */
    void invalidate() {
        synchronized (changedPaths) {
            invalid = true;
        }
        onChange.run();
    }

    /**
     * Reads what has changed since the last call. What could not be read stays to be read.
     *
     * @return whether anything was read
     * @throws VoronodeException if ZooKeeper does not answer
     */
    boolean catchUp() {
        boolean reload;
        List<String> paths;
        synchronized (changedPaths) {
            reload = invalid;
            invalid = false;
            paths = List.copyOf(changedPaths);
            changedPaths.clear();
        }
        try {
            if (reload) {
                readAll();
            }
            for (String path : paths) {
                read(path);
            }
            return reload || !paths.isEmpty();
        } catch (Exception e) {
            synchronized (changedPaths) {
                invalid |= reload;
                changedPaths.addAll(paths);
            }
            throw ZooKeeperErrors.translate("reading the cluster tree", e);
        }
    }

    /** Only until the next catch-up. */
    Collection<Znode> znodes() {
        return znodes.values();
    }

    private void changed(WatchedEvent event) {
        if (event.getType() == EventType.None) {
            return;
        }
        synchronized (changedPaths) {
            changedPaths.add(event.getPath());
        }
        onChange.run();
    }

    /** Watch first, then read: a change in between is read twice, never missed. */
    private void readAll() throws Exception {
        client.watchers()
                .add()
                .withMode(AddWatchMode.PERSISTENT_RECURSIVE)
                .usingWatcher(watcher)
                .forPath(root);
        znodes.clear();
        readBelow(root);
    }

    private void readBelow(String path) throws Exception {
        if (read(path)) {
            for (String child : children(path)) {
                readBelow(path + "/" + child);
            }
        }
    }

    private List<String> children(String path) throws Exception {
        try {
            return client.getChildren().forPath(path);
        } catch (KeeperException.NoNodeException e) {
            return List.of(); // Removed since it was read; its event comes.
        }
    }

    private boolean read(String path) throws Exception {
        Stat stat = new Stat();
        try {
            byte[] data = client.getData().storingStatIn(stat).forPath(path);
            znodes.put(path, new Znode(path, data == null ? new byte[0] : data, stat.getVersion(), stat.getCzxid()));
            return true;
        } catch (KeeperException.NoNodeException e) {
            znodes.remove(path);
            return false;
        }
    }
}
