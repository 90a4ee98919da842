package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.client.Document;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Records of a collection of metric EUCLIDEAN that follow from a seed and their number, so that a test knows what must be there without
 * keeping it. Immutable.
 */
record Articles(String collection, long seed, int dimension) {
    private static final double TOLERANCE = 1e-4;
    private static final int KEYS_PER_GET = 250;

    String key(int number) {
        return "article-" + number;
    }

    VectorRecord record(int number) {
        Random random = random(number);
        float[] vector = Seeds.vector(random, dimension);
        byte[] content = new byte[random.nextInt(200)];
        random.nextBytes(content);
        return VectorRecord.builder(key(number))
                .vector(vector)
                .payload(
                        "{\"number\":" + number + ",\"title\":\"Article " + Long.toHexString(random.nextLong()) + "\"}")
                .document(new Document(content, "application/octet-stream"))
                .build();
    }

    private Random random(int number) {
        return new Random(seed * 1_000_003 + number);
    }

    private float[] vector(int number) {
        return Seeds.vector(random(number), dimension);
    }

    /** Reads all of them back and compares every byte; answers how many are missing. */
    int countLost(VoronodeClient client, List<Integer> numbers) {
        int lost = 0;
        for (int from = 0; from < numbers.size(); from += KEYS_PER_GET) {
            List<Integer> some = numbers.subList(from, Math.min(numbers.size(), from + KEYS_PER_GET));
            Map<String, StoredRecord> found =
                    client.get(collection, some.stream().map(this::key).toList(), ReadOptions.WHOLE);
            for (int number : some) {
                StoredRecord stored = found.get(key(number));
                if (stored == null) {
                    lost++;
                } else {
                    checkBytes(stored, record(number));
                }
            }
        }
        return lost;
    }

    private static void checkBytes(StoredRecord stored, VectorRecord written) {
        assertThat(stored.vector()).as("vector of %s", stored.key()).isEqualTo(written.vector());
        assertThat(stored.payload()).as("payload of %s", stored.key()).isEqualTo(written.payload());
        Document document = Objects.requireNonNull(stored.document(), stored.key());
        Document expected = Objects.requireNonNull(written.document());
        assertThat(document.content()).as("document of %s", stored.key()).isEqualTo(expected.content());
        assertThat(document.mediaType()).isEqualTo(expected.mediaType());
    }

    /** Queries over all cells equal brute force over the first {@code count} records: same keys, true distances, coverage 1. */
    void checkExactSearches(VoronodeClient client, int count, int queries, int k) {
        float[][] vectors = IntStream.range(0, count).mapToObj(this::vector).toArray(float[][]::new);
        Random random = new Random(seed);
        for (int query = 0; query < queries; query++) {
            float[] vector = Seeds.vector(random, dimension);
            SearchResult found = client.search(
                    collection,
                    Query.of(vector),
                    SearchOptions.builder(k).nprobe(SearchOptions.ALL_CELLS).build());
            assertThat(found.coverage().share()).isEqualTo(1.0);
            checkHits(found.hits(), nearest(vectors, vector, k), query);
        }
    }

    private record Neighbour(int number, double distance) {}

    private static List<Neighbour> nearest(float[][] vectors, float[] query, int k) {
        List<Neighbour> all = new ArrayList<>(vectors.length);
        for (int number = 0; number < vectors.length; number++) {
            all.add(new Neighbour(number, distance(query, vectors[number])));
        }
        all.sort(Comparator.comparingDouble(Neighbour::distance));
        return all.subList(0, Math.min(k, all.size()));
    }

    private void checkHits(List<Hit> hits, List<Neighbour> expected, int query) {
        Set<String> keys = expected.stream()
                .map(neighbour -> key(neighbour.number()))
                .collect(Collectors.toCollection(HashSet::new));
        assertThat(hits.stream().map(Hit::key)).as("hits of query %d", query).containsExactlyInAnyOrderElementsOf(keys);
        for (int i = 0; i < hits.size(); i++) {
            assertThat(hits.get(i).distance())
                    .as("distance of hit %d of query %d", i, query)
                    .isCloseTo(expected.get(i).distance(), within(TOLERANCE));
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
