package io.voronode.systemtests.faults;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Consistency;
import io.voronode.client.Hit;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.Seeds;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A trained collection that lies still while everything happens around it. The same queries over the same records find the same, unless a
 * copy of the index came back as less than it was: what changes under traffic is no measure for that. One thread uses it.
 */
final class StillRecords implements AutoCloseable {
    private static final String COLLECTION = "still";
    private static final int RECORDS = 2_000;
    private static final int TRAIN_AT = 1_000;
    private static final int QUERIES = 100;
    private static final int K = 10;
    private static final double TOLERANCE = 0.005;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final VoronodeClient client;
    private final List<float[]> vectors = vectors(RECORDS, 1);
    private final List<float[]> queries = vectors(QUERIES, 2);
    private final List<Set<String>> nearest =
            queries.stream().map(this::bruteForce).toList();
    private final double atFirst;

    private StillRecords(VoronodeClient client) throws InterruptedException {
        this.client = client;
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(Content.DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .replication(3)
                .indexReplicas(2)
                .shards(3)
                .trainAt(TRAIN_AT)
                .build());
        client.upsert(COLLECTION, records(), Wait.INDEXED).results().forEach(result -> {
            if (!result.ok()) {
                throw new AssertionError("refused: " + result);
            }
        });
        Eventually.await("a trained generation", TIMEOUT, () -> {
            CollectionInfo info = client.getCollection(COLLECTION);
            return info.servingGeneration() > 0 && info.generations().size() == 1 ? null : info.toString();
        });
        atFirst = recall();
    }

    /** Writes them by this client, which is closed with them, and waits until they are trained. */
    static StillRecords write(VoronodeClient client) throws InterruptedException {
        return new StillRecords(client);
    }

    private static List<float[]> vectors(int count, int seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> Seeds.vector(random, Content.DIMENSION))
                .toList();
    }

    private static String key(int number) {
        return "still-" + number;
    }

    private List<VectorRecord> records() {
        return IntStream.range(0, RECORDS)
                .mapToObj(number -> VectorRecord.builder(key(number))
                        .vector(vectors.get(number))
                        .build())
                .toList();
    }

    private Set<String> bruteForce(float[] query) {
        return IntStream.range(0, RECORDS)
                .boxed()
                .sorted(Comparator.comparingDouble(number -> Content.distance(query, vectors.get(number))))
                .limit(K)
                .map(StillRecords::key)
                .collect(Collectors.toSet());
    }

    /** What a plain search finds for one of the queries, counted round. */
    List<Hit> search(int number) {
        SearchOptions options =
                SearchOptions.builder(K).consistency(Consistency.EVENTUAL).build();
        return client.search(COLLECTION, Query.of(queries.get(number % QUERIES)), options)
                .hits();
    }

    /** The mean recall@10 of plain searches. */
    double recall() {
        return IntStream.range(0, QUERIES)
                .mapToDouble(number -> search(number).stream()
                        .map(Hit::key)
                        .filter(nearest.get(number)::contains)
                        .count())
                .map(found -> found / K)
                .average()
                .orElseThrow();
    }

    /** Whether this is no less recall than before anything went wrong. */
    boolean isKept(double recall) {
        return recall >= atFirst - TOLERANCE;
    }

    double atFirst() {
        return atFirst;
    }

    @Override
    public void close() {
        client.close();
    }
}
