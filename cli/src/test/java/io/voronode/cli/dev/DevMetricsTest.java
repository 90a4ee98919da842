package io.voronode.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a running server says at /metrics, and whether docs/metrics.md says the same. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DevMetricsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** On every meter, and the bounds of a histogram. */
    private static final Set<String> COMMON_LABELS = Set.of("role", "name", "le");

    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(voronode_\\w+)` \\| ([^|]*)\\|");
    private static final Pattern CODE = Pattern.compile("`(\\w+)`");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (voronode_\\w+) ");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(voronode_\\w+)\\{(.*)} (\\S+)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"[^\"]*\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private DevServer server;
    private VoronodeClient client;

    @BeforeAll
    void start(@TempDir Path data) {
        server = DevServer.start(new DevConfig(data, DevConfig.LOOPBACK, 0, 0, 1, null, null), true);
        client = VoronodeClient.connect(server.address());
        client.createCollection(CollectionConfig.builder("things").dimension(2).build());
        client.upsert("things", List.of(VectorRecord.of("a", 1, 2), VectorRecord.of("b", 3, 4)));
        client.delete("things", "b");
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
        http.close();
    }

    private String scrape() throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://" + server.httpAddress() + "/metrics"))
                                .timeout(PATIENCE)
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private String scrapeUntil(Predicate<String> condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String body = scrape();
        while (!condition.test(body) && System.nanoTime() < deadline) {
            body = scrape();
        }
        return body;
    }

    @Test
    void everyMeterIsDocumentedWithItsLabelsAndEveryDocumentedOneIsThere() throws Exception {
        SortedMap<String, SortedSet<String>> documented = documented();

        String body = scrapeUntil(scraped -> labels(scraped).equals(documented));

        assertThat(labels(body)).isEqualTo(documented);
    }

    private static SortedMap<String, SortedSet<String>> documented() throws IOException {
        SortedMap<String, SortedSet<String>> documented = new TreeMap<>();
        DOCUMENTED
                .matcher(Files.readString(DOCUMENT))
                .results()
                .forEach(row -> documented.put(row.group(1), codeWords(row.group(2))));
        return documented;
    }

    private static SortedSet<String> codeWords(String cell) {
        return CODE.matcher(cell).results().map(word -> word.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedMap<String, SortedSet<String>> labels(String body) {
        SortedMap<String, SortedSet<String>> labels = new TreeMap<>();
        TYPE.matcher(body).results().forEach(type -> labels.put(type.group(1), new TreeSet<>()));
        SAMPLE.matcher(body)
                .results()
                .forEach(sample -> labels.computeIfAbsent(family(sample, labels.keySet()), absent -> new TreeSet<>())
                        .addAll(ownLabels(sample)));
        return labels;
    }

    /** A histogram's samples have names of their own. */
    private static String family(MatchResult sample, Set<String> families) {
        String name = sample.group(1);
        return families.contains(name) ? name : name.replaceFirst("_(bucket|count|sum)$", "");
    }

    private static Set<String> ownLabels(MatchResult sample) {
        return LABEL.matcher(sample.group(2))
                .results()
                .map(label -> label.group(1))
                .filter(label -> !COMMON_LABELS.contains(label))
                .collect(Collectors.toSet());
    }

    @Test
    void theFiguresAreThoseOfTheServer() throws Exception {
        Map<String, Double> expected = Map.of(
                "voronode_controller{", 1.0,
                "voronode_zookeeper_connected{", 1.0,
                "voronode_image_nodes{", 1.0,
                "voronode_image_partitions{", 1.0,
                "voronode_image_collections{", 1.0,
                "voronode_partition_open{", 1.0,
                "voronode_partition_leader{", 1.0,
                "voronode_partition_rows{", 1.0,
                "voronode_partition_rows_written_total{", 3.0,
                "voronode_shard_records{", 1.0);

        String body = scrapeUntil(scraped -> figures(scraped, expected.keySet()).equals(expected));

        assertThat(figures(body, expected.keySet())).isEqualTo(expected);
        assertThat(body)
                .containsPattern(
                        "voronode_rpc_server_seconds_count\\{code=\"OK\",method=\"Upsert\",name=\"coordinator-1\","
                                + "role=\"coordinator\",service=\"voronode.v1.RecordService\"} 1\n")
                .containsPattern(
                        "voronode_partition_leader\\{name=\"node-1\",partition=\"0\",role=\"shard-node\"} 1.0\n")
                .containsPattern("voronode_shard_scans_total\\{.*} 1.0\n");
    }

    private static Map<String, Double> figures(String body, Set<String> starts) {
        return SAMPLE.matcher(body)
                .results()
                .filter(sample -> starts.contains(sample.group(1) + "{"))
                .collect(Collectors.toMap(
                        sample -> sample.group(1) + "{", sample -> Double.parseDouble(sample.group(3)), Double::sum));
    }

    @Test
    void theServerIsReady() throws Exception {
        assertThat(http.send(
                                HttpRequest.newBuilder(URI.create("http://" + server.httpAddress() + "/health/ready"))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }
}
