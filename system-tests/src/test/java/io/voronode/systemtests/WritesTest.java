package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Filter;
import io.voronode.client.FilteredDelete;
import io.voronode.client.Hit;
import io.voronode.client.Metric;
import io.voronode.client.PayloadUpdate;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.RecordStatus;
import io.voronode.client.SearchOptions;
import io.voronode.client.SnapshotListener;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Deletes by filter and changes of payloads while others write, from the client and from the command line to the rows and the index. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WritesTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int DIMENSION = 4;
    private static final int RECORDS = 12_000;
    private static final int GROUPS = 3;
    private static final int SAVED_GROUP = 9;
    /** Long enough to be seen on a slow machine. */
    private static final Duration LIFE = Duration.ofSeconds(8);

    private static final List<String> GONE = List.of("count 2", "get [long]", "scroll 2", "search [long, forever]");

    private DevProcess server;
    private VoronodeClient client;

    @BeforeAll
    void start(@TempDir Path temp) throws InterruptedException {
        server = DevProcess.start(temp.resolve("data"));
        client = VoronodeClient.connect(server.address());
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private void create(String collection) {
        client.createCollection(CollectionConfig.builder(collection)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .trainAt(4_000)
                .build());
    }

    @Test
    void deletesAllThatMatchesAndNothingThatIsRewrittenMeanwhile() throws InterruptedException, ExecutionException {
        create("filtered");
        load("filtered");
        Filter filter = Filter.range("group").below(GROUPS - 1);
        assertThat(client.count("filtered", filter)).isEqualTo(RECORDS * (GROUPS - 1) / GROUPS);

        FilteredDelete outcome;
        Map<String, RecordStatus> saved;
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Map<String, RecordStatus>> saving = threads.submit(this::saveEverySeventh);
            outcome = client.deleteByFilter("filtered", filter);
            saved = saving.get();
        }

        Map<String, StoredRecord> left = new HashMap<>();
        client.scroll("filtered", ReadOptions.DEFAULT).forEach(record -> left.put(record.key(), record));
        for (int number = 0; number < RECORDS; number++) {
            RecordStatus status = saved.get(key(number));
            boolean stays = number % GROUPS == GROUPS - 1 || status == RecordStatus.OK;
            assertThat(left.containsKey(key(number)))
                    .as("record %d, saved: %s", number, status)
                    .isEqualTo(stays);
        }
        assertThat(saved.values()).containsOnly(RecordStatus.OK, RecordStatus.NOT_FOUND);
        assertThat(outcome.deleted()).isEqualTo(RECORDS - left.size());
        assertThat(client.count("filtered", filter)).isZero();
        assertThat(client.count("filtered", Filter.eq("group", SAVED_GROUP)))
                .isEqualTo(
                        saved.values().stream().filter(RecordStatus.OK::equals).count());
        SearchOptions options = SearchOptions.builder(10).filter(filter).build();
        assertThat(client.search("filtered", Query.of(new float[DIMENSION]), options)
                        .hits())
                .isEmpty();
    }

    private void load(String collection) {
        Random random = new Random(1);
        List<VectorRecord> records = new ArrayList<>();
        for (int number = 0; number < RECORDS; number++) {
            records.add(VectorRecord.builder(key(number))
                    .vector(Seeds.vector(random, DIMENSION))
                    .payload("{\"group\":" + number % GROUPS + "}")
                    .build());
        }
        assertThat(client.upsert(collection, records, Wait.DURABLE).ok()).isTrue();
    }

    private static String key(int number) {
        return "record-" + number;
    }

    private Map<String, RecordStatus> saveEverySeventh() {
        Map<String, RecordStatus> saved = new HashMap<>();
        try (VoronodeClient other = VoronodeClient.connect(server.address())) {
            for (int number = 0; number < RECORDS; number += 7) {
                if (number % GROUPS < GROUPS - 1) {
                    PayloadUpdate update = PayloadUpdate.merge(key(number), "{\"group\":" + SAVED_GROUP + "}");
                    WriteResult result = other.updatePayload("filtered", List.of(update), Wait.DURABLE)
                            .results()
                            .get(0);
                    saved.put(key(number), result.status());
                }
            }
        }
        return saved;
    }

    @Test
    void mergesOfEightWritersToOneRecordAllLand() throws InterruptedException, ExecutionException {
        create("merged");
        float[] vector = {1, 2, 3, 4};
        client.upsert(
                "merged",
                VectorRecord.builder("one")
                        .vector(vector)
                        .payload("{\"exact\":9007199254740993.10}")
                        .build());
        int writers = 8;
        int merges = 30;

        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String name = "writer" + writer;
                running.add(threads.submit(() -> IntStream.rangeClosed(1, merges)
                        .forEach(n -> {
                            PayloadUpdate update = PayloadUpdate.merge("one", "{\"by\":{\"" + name + "\":" + n + "}}");
                            assertThat(client.updatePayload("merged", List.of(update), Wait.DURABLE)
                                            .ok())
                                    .isTrue();
                        })));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }

        StoredRecord record = client.get("merged", "one").orElseThrow();
        assertThat(record.vector()).containsExactly(vector);
        assertThat(record.payload()).startsWith("{\"exact\":9007199254740993.10,\"by\":{");
        for (int writer = 0; writer < writers; writer++) {
            assertThat(client.count("merged", Filter.eq("by.writer" + writer, merges)))
                    .as("writer %d, payload %s", writer, record.payload())
                    .isEqualTo(1);
        }
    }

    @Test
    void whatExpiresIsGoneFromAllReadsThenFromTheStoreAndStaysGone() throws InterruptedException {
        create("passing");
        client.upsert(
                "passing",
                List.of(
                        VectorRecord.builder("short")
                                .vector(1, 0, 0, 0)
                                .timeToLive(LIFE)
                                .build(),
                        VectorRecord.builder("long")
                                .vector(1, 0.1f, 0, 0)
                                .timeToLive(Duration.ofDays(1))
                                .build(),
                        VectorRecord.of("forever", 0, 1, 0, 0)),
                Wait.INDEXED);
        assertThat(seen()).containsExactly("count 3", "get [short, long]", "scroll 3", "search [short, long]");

        Eventually.await("the end of a life of " + LIFE, TIMEOUT, () -> missing(GONE));
        assertThat(client.upsert("passing", VectorRecord.of("short", 1, 0, 0, 0).with(WriteCondition.present()))
                        .status())
                .isEqualTo(RecordStatus.CONDITION_FAILED);
        Eventually.await("removal of rows", TIMEOUT, () -> {
            long rows = client.getCollection("passing").recordCount();
            return rows == 2 ? null : rows + " rows are stored";
        });

        server.kill();
        server.restart();
        Eventually.await("reads after a crash", TIMEOUT, () -> missing(GONE));
        StoredRecord left = client.get("passing", "long").orElseThrow();
        assertThat(left.expireTime()).isAfter(Instant.now());

        client.createSnapshot("passing", "passing", SnapshotListener.NONE);
        client.restoreSnapshot("passing", "passed", SnapshotListener.NONE);
        assertThat(client.count("passed")).isEqualTo(2);
        assertThat(client.get("passed", "long").orElseThrow().expireTime()).isEqualTo(left.expireTime());
    }

    private @Nullable String missing(List<String> expected) {
        List<String> seen = seen();
        return seen.equals(expected) ? null : "seen: " + seen;
    }

    /** What the reads show of collection "passing". */
    private List<String> seen() {
        List<StoredRecord> all = new ArrayList<>();
        client.scroll("passing", ReadOptions.DEFAULT).forEach(all::add);
        List<String> hits =
                client
                        .search(
                                "passing",
                                Query.of(1, 0, 0, 0),
                                SearchOptions.builder(2).build())
                        .hits()
                        .stream()
                        .map(Hit::key)
                        .toList();
        return List.of(
                "count " + client.count("passing"),
                "get "
                        + client.get("passing", List.of("short", "long"), ReadOptions.DEFAULT)
                                .keySet(),
                "scroll " + all.size(),
                "search " + hits);
    }

    @Test
    void theCommandLineWritesWithConditionsChangesPayloadsAndDeletesByFilter() throws InterruptedException {
        create("commanded");
        String lines = """
                {"key":"a","vector":[1,0,0,0],"payload":{"lang":"en","year":1984}}
                {"key":"b","vector":[0,1,0,0],"payload":{"lang":"de"}}
                """;
        assertThat(loadIfAbsent(lines).err()).contains("2 records written");
        assertThat(loadIfAbsent(lines).err())
                .contains("0 records written")
                .contains("2 records already there, 0 lines");

        assertThat(voronode("payload", "commanded", "a", "{\"year\":null,\"seen\":{\"n\":1}}")
                        .exitCode())
                .isZero();
        StoredRecord a = client.get("commanded", "a").orElseThrow();
        assertThat(a.payload()).isEqualTo("{\"lang\":\"en\",\"seen\":{\"n\":1}}");
        Command stale = voronode("payload", "commanded", "a", "{}", "--replace", "--if-version", "1");
        assertThat(stale.exitCode()).isEqualTo(1);
        assertThat(stale.err()).contains("version 1 was expected, but the record has version " + a.version());
        assertThat(voronode("payload", "commanded", "nobody", "{}").err()).contains("no live record has key");

        assertThat(voronode("delete", "commanded", "--filter", "lang == 'en'", "--dry-run")
                        .out())
                .contains("1 record would be deleted");
        assertThat(voronode("delete", "commanded", "--filter", "lang == 'en'", "-o", "json")
                        .out())
                .contains("\"deleted\" : 1");
        assertThat(voronode("count", "commanded").out().strip()).isEqualTo("1");
        assertThat(voronode("delete", "commanded", "b", "--if-version", "1").exitCode())
                .isEqualTo(1);
        String version =
                Long.toString(client.get("commanded", "b").orElseThrow().version());
        assertThat(voronode("get", "commanded", "b").out()).contains(version);
        assertThat(voronode("delete", "commanded", "b", "--if-version", version).exitCode())
                .isZero();
        assertThat(client.count("commanded")).isZero();
    }

    private Command loadIfAbsent(String lines) throws InterruptedException {
        return Command.runWithInput(
                TIMEOUT, lines, "load", "commanded", "-", "--if-absent", "--server", server.address());
    }

    private Command voronode(String... arguments) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", server.address()));
        return Command.run(TIMEOUT, all.toArray(String[]::new));
    }
}
