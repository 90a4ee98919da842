package io.voronode.coordinator.control;

import com.google.protobuf.Message;
import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.wire.ClusterTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;

/**
 * The controller's pen. Every change is a transaction whose first operation checks the version of {@code controller/epoch}: after
 * another controller has taken a higher epoch, nothing that this one writes can take effect, however late it arrives.
 */
final class FencedTree {
    private final CuratorFramework client;
    private final ClusterTree paths;
    private final long epoch;
    private final int epochVersion;
    private final BooleanSupplier leads;

    /**
     * A pen for one epoch.
     *
     * @param epochVersion version of the epoch znode's content that holds this epoch
     * @param leads false as soon as there is doubt: then nothing new is begun
     */
    FencedTree(CuratorFramework client, ClusterTree paths, long epoch, int epochVersion, BooleanSupplier leads) {
        this.client = client;
        this.paths = paths;
        this.epoch = epoch;
        this.epochVersion = epochVersion;
        this.leads = leads;
    }

    ClusterTree paths() {
        return paths;
    }

    long epoch() {
        return epoch;
    }

    /** Throws {@link Deposed} where there is doubt about leading: to be called before any order is given. */
    void requireLeading() {
        if (!leads.getAsBoolean()) {
            throw new Deposed("epoch " + epoch + " is over or in doubt");
        }
    }

    /** Makes the znodes that every tree has, where they are missing: they are empty, so that no epoch need guard them. */
    void ensureFolders() {
        TreeFolders.ensure(client, paths);
    }

    /** An empty change. */
    Change change() {
        return new Change();
    }

    /** Operations that take effect together or not at all. Made and committed by one thread. */
    final class Change {
        private final List<CuratorOp> operations = new ArrayList<>();

        private Change() {
            try {
                operations.add(
                        client.transactionOp().check().withVersion(epochVersion).forPath(paths.epoch()));
            } catch (Exception e) {
                throw ZooKeeperErrors.translate("preparing a change", e);
            }
        }

        /** Makes an empty znode. */
        Change folder(String path) {
            return add(() -> client.transactionOp().create().forPath(path, new byte[0]));
        }

        Change create(String path, Message content) {
            byte[] bytes = ClusterTree.encode(content);
            return add(() -> client.transactionOp().create().forPath(path, bytes));
        }

        /** Makes an empty znode where there is none now. */
        Change folderIfMissing(String path) {
            return exists(path) ? this : folder(path);
        }

        /** Makes a znode, or replaces the content that it has now. */
        Change put(String path, Message content) {
            byte[] bytes = ClusterTree.encode(content);
            return exists(path)
                    ? add(() -> client.transactionOp().setData().forPath(path, bytes))
                    : create(path, content);
        }

        private boolean exists(String path) {
            try {
                return client.checkExists().forPath(path) != null;
            } catch (Exception e) {
                throw ZooKeeperErrors.translate("looking for " + path, e);
            }
        }

        /** Replaces a content whose version is still the one given. */
        Change replace(String path, int version, Message content) {
            byte[] bytes = ClusterTree.encode(content);
            return add(
                    () -> client.transactionOp().setData().withVersion(version).forPath(path, bytes));
        }

        Change delete(String path) {
            return add(() -> client.transactionOp().delete().forPath(path));
        }

        /** Deletes a znode where there is one now. */
        Change deleteIfThere(String path) {
            return exists(path) ? delete(path) : this;
        }

        private Change add(Operation operation) {
            try {
                operations.add(operation.make());
                return this;
            } catch (Exception e) {
                throw ZooKeeperErrors.translate("preparing a change", e);
            }
        }

        /**
         * Makes it happen.
         *
         * @throws Deposed if the epoch is over
         * @throws TreeChanged if a znode is not as the operations expect
         */
        void commit(String what) {
            requireLeading();
            try {
                client.transaction().forOperations(operations);
            } catch (KeeperException e) {
                throw failure(what, e);
            } catch (Exception e) {
                throw ZooKeeperErrors.translate(what, e);
            }
        }
    }

    private RuntimeException failure(String what, KeeperException e) {
        List<OpResult> results = e.getResults();
        if (results == null || results.isEmpty()) {
            return ZooKeeperErrors.translate(what, e);
        }
        // Of a failed transaction only the failing operation has a code of its own; the others say that they were
        // rolled back.
        if (results.getFirst() instanceof ErrorResult first && isRefusal(first.getErr())) {
            return new Deposed("epoch " + epoch + " has been superseded: " + what);
        }
        return new TreeChanged(what + ": " + e.getMessage());
    }

    private static boolean isRefusal(int code) {
        return code == KeeperException.Code.BADVERSION.intValue() || code == KeeperException.Code.NONODE.intValue();
    }

    /** Curator's builders declare Exception. */
    @FunctionalInterface
    private interface Operation {
        CuratorOp make() throws Exception;
    }
}
