package io.voronode.shardnode.membership;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** A ZooKeeper server of this process, on loopback and any free port. */
public final class TestZooKeeper implements AutoCloseable {
    private static final long START_MS = TimeUnit.SECONDS.toMillis(30);

    private final ZooKeeperServerEmbedded server;

    public TestZooKeeper(Path folder) throws Exception {
        Path base = Files.createDirectories(folder.resolve("zookeeper"));
        Properties properties = new Properties();
        properties.setProperty("dataDir", base.resolve("data").toString());
        properties.setProperty("clientPort", "0");
        properties.setProperty("clientPortAddress", "127.0.0.1");
        properties.setProperty("admin.enableServer", "false");
        properties.setProperty("tickTime", "500");
        this.server = ZooKeeperServerEmbedded.builder()
                .baseDir(base)
                .configuration(properties)
                .exitHandler(ExitHandler.LOG_ONLY)
                .build();
        server.start(START_MS);
    }

    public String connectString() throws Exception {
        return "127.0.0.1:" + server.getClientPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
