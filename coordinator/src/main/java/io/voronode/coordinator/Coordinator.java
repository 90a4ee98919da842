package io.voronode.coordinator;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.control.ControlPlane;
import io.voronode.coordinator.delete.FilterDeletes;
import io.voronode.coordinator.gather.FilterMatches;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.gather.SearchListener;
import io.voronode.coordinator.gather.WhyNot;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.metrics.CanaryMeters;
import io.voronode.coordinator.metrics.CollectionMeters;
import io.voronode.coordinator.metrics.CoordinatorMeters;
import io.voronode.coordinator.metrics.SearchMeters;
import io.voronode.coordinator.metrics.WriteMeters;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.rows.Freshness;
import io.voronode.coordinator.rows.RecordReader;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.coordinator.rpc.RequestServer;
import io.voronode.coordinator.snapshot.SnapshotRoot;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteListener;
import io.voronode.embedding.EmbeddingException;
import io.voronode.embedding.EmbeddingModels;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import io.voronode.wire.metrics.CallTimers;
import io.voronode.wire.metrics.TrafficMeters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator: takes the requests of clients, keeps no data, and controls the cluster while it leads. Wires its parts by hand, starts
 * them in order and closes them in the opposite one. Never opens a port other than its own.
 */
public final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final Duration IMAGE_POLL = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ControlPlane control;
    private final Thread healthWatch;
    private final RequestServer server;
    private volatile boolean closing;

    private Coordinator(CoordinatorConfig config, MeterRegistry registry) {
        try {
            EmbeddingModels models = opened(EmbeddingModels.withFolder(config.modelsFolder()));
            Channels channels = opened(new Channels(new TrafficMeters(registry)));
            control = opened(ControlPlane.start(config.controlPlane(), channels, model -> dimension(models, model)));
            opened(new CoordinatorMeters(registry, control));
            Compute compute = opened(new Compute());
            RequestServer.Paths paths = paths(
                    config,
                    control,
                    channels,
                    compute,
                    new TextVectors(models::embedder),
                    new WriteMeters(registry),
                    new SearchMeters(registry));
            nameCollections(registry);
            watchRecall(config, registry, opened(paths.canary()));
            server = opened(new RequestServer(config.bindHost(), config.port(), paths, new CallTimers(registry)));
            control.announce(config.advertisedHost() + ":" + server.port());
            healthWatch = Thread.ofVirtual().name("coordinator-health").start(this::watchHealth);
        } catch (RuntimeException e) {
            closeParts();
            throw e;
        }
        LOG.info("coordinator {} listens on {}:{}", config.name(), config.bindHost(), server.port());
    }

    /**
     * Joins the cluster and serves. Requests are answered UNAVAILABLE, and health checks NOT_SERVING, until the cluster has
     * partitions.
     *
     * @param registry where it keeps its meters while it runs; stays the caller's
     * @throws Unavailable if the port is in use or ZooKeeper does not answer
     */
    public static Coordinator start(CoordinatorConfig config, MeterRegistry registry) {
        return new Coordinator(config, registry);
    }

    private static RequestServer.Paths paths(
            CoordinatorConfig config,
            ControlPlane control,
            Channels channels,
            Compute compute,
            TextVectors texts,
            WriteListener writes,
            SearchListener searches) {
        InstantSource clock = InstantSource.system();
        Images images = new Images(control.images());
        PartitionRouter partitions = new PartitionRouter(images, channels);
        ShardReplicas replicas = new ShardReplicas();
        Freshness freshness = new Freshness(partitions);
        RowReader rows = new RowReader(images, partitions, freshness);
        RecordWriter writer = new RecordWriter(
                images, control.cellMaps(), partitions, replicas, channels, texts, compute, clock, writes);
        Gather gather = new Gather(images, channels, replicas, freshness, rows, texts, compute, clock);
        return new RequestServer.Paths(
                images,
                channels,
                partitions,
                writer,
                new RecordReader(images, rows, freshness, clock),
                new FilterDeletes(images, freshness, new FilterMatches(images, channels, replicas, clock), writer),
                gather,
                new WhyNot(gather, rows, clock),
                canary(config, control, gather),
                searches,
                config.slowSearch(),
                Optional.of(new RequestServer.Snapshots(
                        new SnapshotRoot(config.snapshotsFolder(), config.name()), control.restores(), clock)),
                control.services());
    }

    private static RecallCanary canary(CoordinatorConfig config, ControlPlane control, Gather gather) {
        RecallCanary.Surroundings surroundings = new RecallCanary.Surroundings(
                shadow -> Thread.ofVirtual().name("coordinator-canary").start(shadow),
                () -> control.images().tree().coordinators().size(),
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble());
        return new RecallCanary(config.canaryShare(), gather::searchInBackground, control::recalibrate, surroundings);
    }

    private void nameCollections(MeterRegistry registry) {
        CollectionMeters meters = opened(new CollectionMeters(registry));
        control.images().onChange(() -> meters.follow(this::specs));
        meters.follow(this::specs);
    }

    private List<CollectionSpec> specs() {
        return control.images().current().collections().values().stream()
                .map(CollectionImage::spec)
                .toList();
    }

    private void watchRecall(CoordinatorConfig config, MeterRegistry registry, RecallCanary canary) {
        if (config.canaryShare() == 0) {
            return;
        }
        CanaryMeters meters = opened(new CanaryMeters(registry, canary));
        control.images().onChange(() -> meters.follow(this::collections));
        meters.follow(this::collections);
    }

    private Set<ByteString> collections() {
        return specs().stream().map(CollectionSpec::getUuid).collect(Collectors.toSet());
    }

    private static int dimension(EmbeddingModels models, String model) {
        try {
            return models.embedder(model).dimension();
        } catch (EmbeddingException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    /** Once an image of a formed cluster is held it stays: with ZooKeeper gone, requests are served from it. */
    private void watchHealth() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                control.images().await(ClusterImage::formed, IMAGE_POLL);
                server.serving(true);
                return;
            } catch (DeadlineExceeded e) {
                LOG.debug("the cluster has no partitions yet", e);
            } catch (Unavailable e) {
                LOG.debug("the image is not to be had", e);
                return;
            }
        }
    }

    /** Whether it holds an image of a formed cluster, so that requests can be served; no longer once it closes. */
    public boolean ready() {
        return !closing && control.images().current().formed();
    }

    /** The port that clients use. */
    public int port() {
        return server.port();
    }

    /** Lets requests under way end within five seconds, then leaves the cluster. */
    @Override
    public void close() {
        closing = true;
        healthWatch.interrupt();
        closeParts();
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
