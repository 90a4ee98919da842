package io.voronode.coordinator.fake;

import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.delete.FilterDeletes;
import io.voronode.coordinator.gather.FilterMatches;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.gather.SearchListener;
import io.voronode.coordinator.gather.WhyNot;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.metrics.SearchMeters;
import io.voronode.coordinator.metrics.WriteMeters;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.rows.Freshness;
import io.voronode.coordinator.rows.RecordReader;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.coordinator.rpc.RequestServer;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.coordinator.write.WriteListener;
import io.voronode.embedding.EmbeddingException;
import io.voronode.embedding.TextEmbedder;
import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.RecordServiceGrpc.RecordServiceBlockingStub;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.SearchServiceGrpc.SearchServiceBlockingStub;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The request paths of a coordinator over a {@link FakeCluster}, behind their real server on a free port. */
public final class TestCoordinator implements AutoCloseable {
    public final FakeImages images = new FakeImages();
    /** Maps that a blob would be fetched for, by digest (hex). */
    public final Map<String, CellMap> blobs = new ConcurrentHashMap<>();

    /** Shadow searches wait here for the test to run them. */
    public final BlockingQueue<Runnable> shadows = new LinkedBlockingQueue<>();

    public final RecallCanary canary;
    public final MeterRegistry meters = new SimpleMeterRegistry();
    private final Channels channels = new Channels();
    private final Channels clients = new Channels();
    private final Compute compute = new Compute();
    private final RequestServer server;

    public TestCoordinator(FakeCluster cluster, Path folder) {
        images.set(cluster.image(0));
        RequestServer.Paths paths = paths(cluster, folder, images, channels, compute, blobs, new WriteMeters(meters));
        canary = canary(1, paths.gather(), shadows::add);
        server = new RequestServer("127.0.0.1", 0, with(canary, paths, meters), CallListener.NONE);
        server.serving(true);
    }

    private static RequestServer.Paths with(RecallCanary canary, RequestServer.Paths paths, MeterRegistry meters) {
        return new RequestServer.Paths(
                paths.images(),
                paths.channels(),
                paths.partitions(),
                paths.writer(),
                paths.reader(),
                paths.filterDeletes(),
                paths.gather(),
                paths.whyNot(),
                canary,
                new SearchMeters(meters),
                paths.slowSearch(),
                paths.snapshots(),
                paths.others());
    }

    /** The paths over a cluster, without a canary. */
    public static RequestServer.Paths paths(
            FakeCluster cluster,
            Path folder,
            FakeImages images,
            Channels channels,
            Compute compute,
            Map<String, CellMap> blobs,
            WriteListener writes) {
        InstantSource clock = InstantSource.system();
        Images shared = new Images(images);
        PartitionRouter partitions = new PartitionRouter(shared, channels);
        ShardReplicas replicas = new ShardReplicas();
        Freshness freshness = new Freshness(partitions);
        RowReader rows = new RowReader(shared, partitions, freshness);
        TextVectors texts =
                new TextVectors(model -> new LetterEmbedder(cluster.spec().getDimension(), cluster.embeddings));
        CellMapStore maps = new CellMapStore(folder, (partition, digest) -> blob(blobs, digest.toByteArray()));
        Gather gather = new Gather(shared, channels, replicas, freshness, rows, texts, compute, clock);
        RecordWriter writer =
                new RecordWriter(shared, maps, partitions, replicas, channels, texts, compute, clock, writes);
        return new RequestServer.Paths(
                shared,
                channels,
                partitions,
                writer,
                new RecordReader(shared, rows, freshness, clock),
                new FilterDeletes(shared, freshness, new FilterMatches(shared, channels, replicas, clock), writer),
                gather,
                new WhyNot(gather, rows, clock),
                canary(0, gather, Runnable::run),
                SearchListener.NONE,
                Duration.ZERO,
                Optional.empty(),
                List.of());
    }

    private static RecallCanary canary(double share, Gather gather, Executor executor) {
        return new RecallCanary(
                share,
                gather::searchInBackground,
                (uuid, generation, digest, queries) -> false,
                new RecallCanary.Surroundings(executor, () -> 1, System::nanoTime, () -> 0));
    }

    private static byte[] blob(Map<String, CellMap> blobs, byte[] digest) {
        CellMap map = blobs.get(HexFormat.of().formatHex(digest));
        if (map == null) {
            throw new IllegalStateException("the test has no such cell map");
        }
        return map.encode();
    }

    public int port() {
        return server.port();
    }

    public ManagedChannel channel() {
        return clients.to("127.0.0.1:" + server.port());
    }

    /** With ten seconds from now. */
    public RecordServiceBlockingStub records() {
        return RecordServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /** With ten seconds from now. */
    public SearchServiceBlockingStub search() {
        return SearchServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /** Closes the server alone: its clients see how it ends. */
    public void closeServer() {
        server.close();
    }

    @Override
    public void close() {
        clients.close();
        server.close();
        canary.close();
        channels.close();
        compute.close();
    }

    /** Counts letters: similar texts get similar vectors. Refuses texts without one. */
    private record LetterEmbedder(int dimension, AtomicInteger calls) implements TextEmbedder {
        @Override
        public String model() {
            return "letters";
        }

        @Override
        public List<float[]> embed(List<String> texts) throws EmbeddingException {
            calls.incrementAndGet();
            List<float[]> vectors = new ArrayList<>();
            for (String text : texts) {
                vectors.add(embed(text));
            }
            return vectors;
        }

        private float[] embed(String text) throws EmbeddingException {
            if (text.chars().noneMatch(Character::isLetter)) {
                throw new EmbeddingException(EmbeddingException.Reason.INVALID_TEXT, "\"" + text + "\" has no letter");
            }
            float[] vector = new float[dimension];
            text.chars().forEach(c -> vector[c % dimension]++);
            return vector;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
