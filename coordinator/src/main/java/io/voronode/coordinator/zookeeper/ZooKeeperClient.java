package io.voronode.coordinator.zookeeper;

import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens clients. A call that ZooKeeper does not answer fails after a few seconds instead of waiting for it to come back. */
public final class ZooKeeperClient {
    private static final int RETRIES = 3;
    private static final int RETRY_DELAY_MS = 200;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    /** Processes of a cluster start in any order. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperClient.class);

    private ZooKeeperClient() {}

    /** A started client, which the caller closes. It connects behind the call and reconnects by itself. */
    public static CuratorFramework connect(String connectString, Duration sessionTimeout) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(connectString)
                .sessionTimeoutMs(Math.toIntExact(sessionTimeout.toMillis()))
                .connectionTimeoutMs(Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
                .retryPolicy(new RetryNTimes(RETRIES, RETRY_DELAY_MS))
                // Curator would otherwise read the ensemble's configuration and follow it; the connect string is what
                // was decided.
                .ensembleTracker(false)
                .build();
        client.start();
        return client;
    }

    /**
     * Waits for the first connection, up to a minute.
     *
     * @throws Unavailable if there is none
     */
    public static void await(CuratorFramework client, String connectString) {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        try {
            while (!client.blockUntilConnected(Math.toIntExact(CONNECT_TIMEOUT.toMillis()), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - end >= 0) {
                    throw new Unavailable("ZooKeeper at " + connectString + " did not answer within "
                            + START_PATIENCE.toSeconds() + " s");
                }
                LOG.warn("waiting for ZooKeeper at {}", connectString);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while waiting for ZooKeeper at " + connectString, e);
        }
    }
}
