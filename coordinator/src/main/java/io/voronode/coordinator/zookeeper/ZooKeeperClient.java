package io.voronode.coordinator.zookeeper;

import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;

/** Opens clients. A call that ZooKeeper does not answer fails after a few seconds instead of waiting for it to come back. */
public final class ZooKeeperClient {
    private static final int RETRIES = 3;
    private static final int RETRY_DELAY_MS = 200;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

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
}
