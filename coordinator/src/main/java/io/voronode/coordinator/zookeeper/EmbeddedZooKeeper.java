package io.voronode.coordinator.zookeeper;

import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.jspecify.annotations.Nullable;

/**
 * A ZooKeeper server inside this process, for clusters that are one process. Durable: snapshots and the transaction log, fsynced
 * before each answer, lie in one folder. It listens on loopback only, on a free port of each start; it opens no admin
 * server and never ends the JVM. More than one process needs an external ensemble.
 *
 * <p>All its clients live in this process, so whoever held a session when the last process ended is gone: their ephemeral
 * znodes are removed at the start instead of lingering until the sessions time out.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final long START_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(30);

    private final ZooKeeperServerEmbedded server;
    private final String connectString;

    private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, String connectString) {
        this.server = server;
        this.connectString = connectString;
    }

    /**
     * Starts a server that keeps its data in the folder, which is made if it is not there.
     *
     * @throws UncheckedIOException if the folder cannot be written
     * @throws Unavailable if the server does not start
     */
    public static EmbeddedZooKeeper start(Path folder) {
        boolean hadData = prepare(folder);
        ZooKeeperServerEmbedded server = null;
        try {
            server = build(folder);
            server.start(START_TIMEOUT_MS);
            String connectString = "127.0.0.1:" + server.getClientPort();
            if (hadData) {
                LeftoverEphemerals.remove(connectString);
            }
            return new EmbeddedZooKeeper(server, connectString);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw abandoned(server, folder, e);
        } catch (Exception e) {
            throw abandoned(server, folder, e);
        }
    }

    private static ZooKeeperServerEmbedded build(Path folder) throws Exception {
        return ZooKeeperServerEmbedded.builder()
                .baseDir(folder)
                .configuration(configuration(folder))
                .exitHandler(ExitHandler.LOG_ONLY)
                .build();
    }

    private static Properties configuration(Path folder) {
        Properties properties = new Properties();
        properties.setProperty("dataDir", folder.resolve("data").toString());
        properties.setProperty("dataLogDir", folder.resolve("log").toString());
        properties.setProperty("clientPort", "0");
        properties.setProperty("clientPortAddress", "127.0.0.1");
        properties.setProperty("admin.enableServer", "false");
        properties.setProperty("tickTime", "1000");
        properties.setProperty("maxClientCnxns", "0");
        properties.setProperty("autopurge.snapRetainCount", "3");
        properties.setProperty("autopurge.purgeInterval", "1");
        // The tree is small: the default preallocation of 64 MB a log file would be the largest thing in a new data
        // folder.
        properties.setProperty("preAllocSize", "1024");
        return properties;
    }

    /** Makes the folders; says whether a server has run here before. Each start of the server leaves a copy of its configuration. */
    private static boolean prepare(Path folder) {
        try {
            Files.createDirectories(folder.resolve("data"));
            Files.createDirectories(folder.resolve("log"));
            try (DirectoryStream<Path> stale =
                    Files.newDirectoryStream(folder, "zookeeper.configuration*.properties")) {
                for (Path file : stale) {
                    Files.delete(file);
                }
            }
            try (Stream<Path> logs = Files.list(folder.resolve("log"))) {
                return logs.findAny().isPresent();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of the embedded ZooKeeper " + folder, e);
        }
    }

    private static RuntimeException abandoned(@Nullable ZooKeeperServerEmbedded server, Path folder, Exception cause) {
        if (server != null) {
            server.close();
        }
        return new Unavailable("the embedded ZooKeeper in " + folder + " did not start: " + cause.getMessage(), cause);
    }

    /** What clients connect to, host:port. */
    public String connectString() {
        return connectString;
    }

    /** Stops serving. Clients should have been closed before. */
    @Override
    public void close() {
        server.close();
    }
}
