package io.voronode.coordinator.control;

import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.wire.ClusterTree;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatch.CloseMode;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Becoming the controller: waiting for the latch, then taking the next epoch in a transaction that succeeds only while the own latch
 * znode is there. Two coordinators may believe that they lead, during a pause of one of them; only the one with the newest epoch can
 * change anything.
 *
 * <p>The latch says no as soon as the connection is in doubt (SUSPENDED). One thread waits here, the controller's.
 */
final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final long RETRY_MS = 100;

    private final CuratorFramework client;
    private final ClusterTree paths;
    private final String coordinatorId;
    private final Runnable onLoss;
    private volatile LeaderLatch latch;
    private volatile boolean closed;
    /** Epochs up to this one have been obeyed, though the tree may not say so. */
    private volatile long obeyedEpoch;

    /**
     * Stands for nothing before {@link #start}.
     *
     * @param onLoss called whenever this coordinator has stopped to lead, when {@link #leads} says so already; must be quick
     */
    Leadership(CuratorFramework client, ClusterTree paths, String coordinatorId, Runnable onLoss) {
        this.client = client;
        this.paths = paths;
        this.coordinatorId = coordinatorId;
        this.onLoss = onLoss;
        this.latch = newLatch();
    }

    private LeaderLatch newLatch() {
        LeaderLatch made = new LeaderLatch(client, paths.latch(), coordinatorId, CloseMode.NOTIFY_LEADER);
        made.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                // await() takes the epoch first.
            }

            @Override
            public void notLeader() {
                onLoss.run();
            }
        });
        return made;
    }

    void start() {
        try {
            latch.start();
        } catch (Exception e) {
            throw ZooKeeperErrors.translate("standing for controller", e);
        }
    }

    /**
     * Waits until this coordinator leads and has its epoch.
     *
     * @throws EOFException when closed
     */
    FencedTree await() throws InterruptedException, EOFException {
        while (true) {
            latch.await();
            try {
                return takeEpoch();
            } catch (KeeperException.NoNodeException e) {
                LOG.info("the latch znode of coordinator {} is gone, standing again", coordinatorId);
                standAgain();
            } catch (Exception e) {
                LOG.info("the next epoch could not be taken, trying again: {}", e.getMessage());
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /** A latch does not notice that its znode was removed by others while it leads. */
    private synchronized void standAgain() throws EOFException {
        if (closed) {
            throw new EOFException("closed");
        }
        closeLatch();
        latch = newLatch();
        start();
    }

    /** The next epoch will be above this one. */
    void exceed(long epoch) {
        obeyedEpoch = Math.max(obeyedEpoch, epoch);
    }

    boolean leads() {
        return latch.hasLeadership();
    }

    private FencedTree takeEpoch() throws Exception {
        Stat stat = new Stat();
        long last = 0;
        int version = -1;
        try {
            byte[] data = client.getData().storingStatIn(stat).forPath(paths.epoch());
            last = ClusterTree.decode(paths.epoch(), data, ControllerEpoch.newBuilder())
                    .getEpoch();
            version = stat.getVersion();
        } catch (KeeperException.NoNodeException e) {
            LOG.debug("first controller of the cluster");
        }
        last = Math.max(last, obeyedEpoch);
        client.transaction()
                .forOperations(
                        List.of(client.transactionOp().check().forPath(latch.getOurPath()), write(last + 1, version)));
        LOG.info("coordinator {} is the controller with epoch {}", coordinatorId, last + 1);
        return new FencedTree(client, paths, last + 1, version + 1, this::leads);
    }

    private CuratorOp write(long epoch, int version) throws Exception {
        byte[] content = ClusterTree.encode(ControllerEpoch.newBuilder()
                .setEpoch(epoch)
                .setCoordinator(coordinatorId)
                .build());
        return version < 0
                ? client.transactionOp().create().forPath(paths.epoch(), content)
                : client.transactionOp().setData().withVersion(version).forPath(paths.epoch(), content);
    }

    /** Lets another coordinator lead. */
    @Override
    public synchronized void close() {
        closed = true;
        closeLatch();
    }

    private void closeLatch() {
        try {
            latch.close();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("latch was closed already", e);
        }
    }
}
