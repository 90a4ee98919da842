package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.zookeeper.EmbeddedZooKeeper;
import io.voronode.coordinator.zookeeper.ZooKeeperClient;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.Metric;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;

/** One cluster of fake nodes and real control planes in a ZooKeeper that tests share. */
final class ControlBed implements AutoCloseable {
    static final ByteString NO_ID = ByteString.EMPTY;
    static final Duration SOON = Duration.ofSeconds(20);
    static final String MODEL = "tiny-model";
    static final ControlTimings QUICK = new ControlTimings(
            Duration.ofMillis(50),
            Duration.ofMillis(10),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofMillis(300),
            Duration.ofSeconds(1));

    /** Shorter than tests wait, longer than a few passes. */
    static final Duration NODE_GRACE = Duration.ofMillis(500);

    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    final ClusterTree paths = new ClusterTree("test-" + CLUSTERS.incrementAndGet());
    final CuratorFramework client;
    final FakeCluster nodes;
    private final String connectString;
    private final Path folder;
    final Channels channels = new Channels();
    private final List<ControlPlane> planes = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();

    ControlBed(EmbeddedZooKeeper zooKeeper, Path folder) {
        this.connectString = zooKeeper.connectString();
        this.folder = folder;
        client = ZooKeeperClient.connect(connectString, Duration.ofSeconds(10));
        nodes = new FakeCluster(client, paths);
    }

    ControlPlane plane(String name, int partitions) {
        return plane(name, partitions, 1);
    }

    ControlPlane plane(String name, int partitions, int nodesAtBirth) {
        return plane(name, partitions, nodesAtBirth, ClusterPolicy.DEFAULT.replication());
    }

    ControlPlane plane(String name, int partitions, int nodesAtBirth, int replication) {
        ControlPlaneConfig config = new ControlPlaneConfig(
                name,
                paths.cluster(),
                connectString,
                folder.resolve(paths.cluster()).resolve(name),
                new ClusterPolicy(partitions, nodesAtBirth, replication, NODE_GRACE),
                Duration.ofSeconds(10));
        ControlPlane plane = ControlPlane.start(config, channels, ControlBed::dimensionOf, QUICK);
        planes.add(plane);
        plane.announce(Channels.IN_PROCESS + serve(plane));
        return plane;
    }

    private String serve(ControlPlane plane) {
        InProcessServerBuilder server = InProcessServerBuilder.forName(plane.id());
        plane.services().forEach(server::addService);
        try {
            servers.add(server.build().start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return plane.id();
    }

    private static int dimensionOf(String model) {
        if (!model.equals(MODEL)) {
            throw new BadInput("unknown model \"" + model + "\"; known is " + MODEL);
        }
        return 8;
    }

    static CollectionConfig config(String name) {
        return CollectionConfig.newBuilder()
                .setName(name)
                .setDimension(8)
                .setMetric(Metric.METRIC_EUCLIDEAN)
                .setTrainAt(1_000)
                .build();
    }

    /** Waits for a collection as users see it. */
    static Collection await(ControlPlane plane, String name, Predicate<Collection> condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (true) {
            Collection collection = plane.collections().get(name);
            if (condition.test(collection)) {
                return collection;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + collection);
            }
            pause();
        }
    }

    static ClusterImage await(ControlPlane plane, Predicate<ClusterImage> condition) {
        return plane.images().await(condition, SOON);
    }

    static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + SOON);
            }
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        nodes.heal();
        planes.forEach(ControlPlane::close);
        servers.forEach(Server::shutdownNow);
        nodes.close();
        channels.close();
        client.close();
    }
}
