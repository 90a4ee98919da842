package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.client.Consistency;
import io.voronode.client.Expiry;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import io.voronode.client.WriteResult;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a collection of metric EUCLIDEAN must hold, as a map and a brute-force search over it. Writes go to the server and, once
 * acknowledged, into the map; reads are compared. Used by one thread.
 */
final class Model {
    private static final double TOLERANCE = 1e-4;

    private final String collection;
    private final Map<String, State> records = new HashMap<>();

    Model(String collection) {
        this.collection = collection;
    }

    /** Never compared, and its vector never changed. */
    @SuppressWarnings("ArrayRecordComponent")
    private record State(
            float[] vector,
            String payload,
            long version,
            @Nullable Instant expireTime) {}

    int size() {
        return records.size();
    }

    void upsert(VoronodeClient client, List<VectorRecord> batch) {
        acknowledge(batch, client.upsert(collection, batch));
    }

    /** Takes note of a batch that was written. */
    void acknowledge(List<VectorRecord> batch, WriteReport report) {
        for (int i = 0; i < batch.size(); i++) {
            VectorRecord written = batch.get(i);
            WriteResult result = report.results().get(i);
            assertThat(result.ok())
                    .as("%s: %s", written.key(), result.message())
                    .isTrue();
            acknowledge(written, result);
        }
    }

    private void acknowledge(VectorRecord written, WriteResult result) {
        float[] vector = written.vector();
        if (vector != null && result.version() > 0) {
            State before = records.put(
                    written.key(), new State(vector, written.payload(), result.version(), expireTime(written)));
            assertThat(result.existed()).as("existed of %s", written.key()).isEqualTo(before != null);
        }
    }

    private static @Nullable Instant expireTime(VectorRecord written) {
        return written.expiry() instanceof Expiry.At at ? at.time() : null;
    }

    void delete(VoronodeClient client, List<String> keys) {
        List<WriteResult> results =
                client.delete(collection, keys, Wait.DEFAULT).results();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            WriteResult result = results.get(i);
            assertThat(result.ok()).as("%s: %s", key, result.message()).isTrue();
            assertThat(result.existed()).as("existed of %s", key).isEqualTo(records.remove(key) != null);
        }
    }

    /** Takes note that the time of these is over. */
    void expired(List<VectorRecord> batch) {
        batch.forEach(record -> records.remove(record.key()));
    }

    void checkGet(VoronodeClient client, Set<String> keys) {
        Map<String, StoredRecord> found = client.get(collection, keys, ReadOptions.WHOLE);
        for (String key : keys) {
            StoredRecord stored = found.get(key);
            State expected = records.get(key);
            if (expected == null) {
                assertThat(stored).as("deleted record %s", key).isNull();
            } else {
                assertThat(stored).as("record %s", key).isNotNull();
                checkStored(stored, expected);
            }
        }
    }

    void checkCount(VoronodeClient client) {
        assertThat(client.count(collection, Consistency.STRONG)).as("count").isEqualTo(records.size());
    }

    private static void checkStored(StoredRecord stored, State expected) {
        assertThat(stored.vector()).as("vector of %s", stored.key()).isEqualTo(expected.vector());
        assertThat(stored.payload()).as("payload of %s", stored.key()).isEqualTo(expected.payload());
        assertThat(stored.version()).as("version of %s", stored.key()).isEqualTo(expected.version());
        assertThat(stored.expireTime()).as("expiry of %s", stored.key()).isEqualTo(expected.expireTime());
    }

    /** Count, scroll and every single record. */
    void checkAll(VoronodeClient client) {
        checkCount(client);
        Set<String> seen = new HashSet<>();
        client.scroll(collection, ReadOptions.WHOLE.with(Consistency.STRONG)).forEach(stored -> {
            assertThat(seen.add(stored.key()))
                    .as("%s scrolled once", stored.key())
                    .isTrue();
            State expected = records.get(stored.key());
            assertThat(expected).as("scrolled %s is live", stored.key()).isNotNull();
            checkStored(stored, expected);
        });
        assertThat(seen).as("scrolled keys").isEqualTo(records.keySet());
    }

    /**
     * Exact searches equal brute force: the same distances, each key once, each hit a live record at its true distance that meets the
     * condition.
     */
    void checkSearches(VoronodeClient client, List<float[]> queries, int k, Condition condition) {
        List<SearchResult> found = client.batchSearch(
                collection,
                queries.stream().map(Query::of).toList(),
                SearchOptions.builder(k)
                        .nprobe(SearchOptions.ALL_CELLS)
                        .filter(condition.filter())
                        .withPayload(true)
                        .build());
        for (int i = 0; i < queries.size(); i++) {
            checkSearch(found.get(i), queries.get(i), k, condition);
        }
    }

    private void checkSearch(SearchResult found, float[] query, int k, Condition condition) {
        assertThat(found.coverage().share()).isEqualTo(1.0);
        List<Double> expected = records.values().stream()
                .filter(state -> condition.holds(state.payload()))
                .map(state -> distance(query, state.vector()))
                .sorted(Comparator.naturalOrder())
                .limit(k)
                .toList();
        assertThat(found.hits()).as("hits where %s", condition).hasSize(expected.size());
        assertThat(found.hits().stream().map(Hit::key).collect(Collectors.toSet()))
                .as("each key once")
                .hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(condition.holds(found.hits().get(i).payload()))
                    .as("%s meets %s", found.hits().get(i), condition)
                    .isTrue();
            checkHit(found.hits().get(i), query, expected.get(i));
        }
    }

    private void checkHit(Hit hit, float[] query, double expectedDistance) {
        State state = records.get(hit.key());
        assertThat(state).as("hit %s is live", hit.key()).isNotNull();
        assertThat(hit.version()).as("version of hit %s", hit.key()).isEqualTo(state.version());
        assertThat(hit.payload()).as("payload of hit %s", hit.key()).isEqualTo(state.payload());
        assertThat(hit.distance())
                .as("distance of hit %s", hit.key())
                .isCloseTo(distance(query, state.vector()), within(TOLERANCE))
                .isCloseTo(expectedDistance, within(TOLERANCE));
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
