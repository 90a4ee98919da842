package io.voronode.benchmarks.cluster;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.process.Folders;
import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.UpsertListener;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Measures clusters of processes that are made for it; what they leave on the disk is removed. */
public final class ClusterBench {
    private static final String COLLECTION = "measured";
    private static final int SHARDS = 16;
    private static final int PARTITIONS = 16;
    private static final int LOSS_NODES = 3;
    private static final int LOSS_SHARDS = 8;

    private final Path launcher;
    private final Cache cache;
    private final Consumer<String> progress;

    /**
     * @param launcher {@code scripts/voronode} of a tree that is built
     * @param progress is told what goes on
     */
    public ClusterBench(Path launcher, Cache cache, Consumer<String> progress) {
        this.launcher = launcher;
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * What searches ask of whom and what that costs, while the cluster grows under the same index; every row is kept once.
     *
     * @param sizes on so many nodes the data lies, one after the other
     * @return lines for a person
     */
    public Stream<String> routing(Workload workload, List<Integer> sizes) throws IOException, InterruptedException {
        GroundTruth truth = GroundTruth.of(workload, cache);
        return inCluster(1, sizes.getFirst(), 1, cluster -> {
            try (VoronodeClient client = cluster.connect()) {
                Dataset base = workload.base();
                load(client, config(base).shards(SHARDS).indexReplicas(1).build(), base.vectors());
                RoutingRun run = new RoutingRun(cluster, client, COLLECTION, workload, truth);
                List<RoutedFigures> figures = new ArrayList<>();
                for (int size : sizes) {
                    while (cluster.nodes().size() < size) {
                        cluster.addNode();
                    }
                    progress.accept(base.name() + " on " + size + " nodes");
                    ClusterRest.await(client, COLLECTION, size);
                    figures.add(run.measure());
                }
                return ClusterLines.of(base, SHARDS, figures, run.randomlyPlaced(workload.seed()));
            }
        });
    }

    /**
     * What clients notice of processes that die; three nodes, every row kept three times and every shard twice.
     *
     * @param vectors of the records; the searches ask for them, too
     * @return lines for a person
     */
    public Stream<String> losses(Dataset vectors) throws IOException, InterruptedException {
        return inCluster(2, LOSS_NODES, LOSS_NODES, cluster -> {
            try (VoronodeClient client = cluster.connect()) {
                load(
                        client,
                        config(vectors).shards(LOSS_SHARDS).indexReplicas(2).build(),
                        vectors.vectors());
                ClusterRest.await(client, COLLECTION, LOSS_NODES);
            }
            progress.accept("killing one after the other");
            return ClusterLines.of(new LossRun(cluster, COLLECTION, vectors.vectors()).measure());
        });
    }

    private static CollectionConfig.Builder config(Dataset data) {
        return CollectionConfig.builder(COLLECTION)
                .dimension(data.dimension())
                .metric(Metric.valueOf(data.metric().name()));
    }

    /** Writes the rows under their numbers and waits for the index. */
    private void load(VoronodeClient client, CollectionConfig config, float[][] rows)
            throws IOException, InterruptedException {
        progress.accept("writing " + rows.length + " records");
        client.createCollection(config);
        var summary = client.upsertAll(
                COLLECTION,
                IntStream.range(0, rows.length)
                        .mapToObj(row -> VectorRecord.builder(Integer.toString(row))
                                .vector(rows[row])
                                .build())
                        .iterator(),
                UpsertListener.NONE);
        if (summary.written() != rows.length) {
            throw new IOException(summary + " of " + rows.length + " records");
        }
    }

    private Stream<String> inCluster(int coordinators, int nodes, int replication, Measurement measurement)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("voronode-cluster");
        try (MeasuredCluster cluster =
                MeasuredCluster.start(launcher, folder, coordinators, nodes, PARTITIONS, replication)) {
            return measurement.of(cluster);
        } finally {
            Folders.remove(folder);
        }
    }

    /** What is measured in a cluster. */
    @FunctionalInterface
    private interface Measurement {
        Stream<String> of(MeasuredCluster cluster) throws IOException, InterruptedException;
    }
}
