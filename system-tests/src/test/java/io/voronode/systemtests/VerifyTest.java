package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.IndexKind;
import io.voronode.client.Metric;
import io.voronode.client.UpsertListener;
import io.voronode.client.VerifyDifference;
import io.voronode.client.VerifyListener;
import io.voronode.client.VerifyOptions;
import io.voronode.client.VerifyReport;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code voronode verify} against copies that were changed on the disk, and against writes that go on. */
@Tag("slow")
final class VerifyTest {
    private static final int RECORDS = 600;
    private static final int DIMENSION = 16;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path temp;

    private final Articles articles = new Articles("articles", Seeds.next("VerifyTest"), DIMENSION);

    private void fill(VoronodeClient client, IndexKind kind, int trainAt) {
        client.createCollection(CollectionConfig.builder(articles.collection())
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .indexKind(kind)
                .trainAt(trainAt)
                .build());
        client.upsertAll(
                articles.collection(),
                IntStream.range(0, RECORDS).mapToObj(articles::record).iterator(),
                UpsertListener.NONE);
    }

    private Command verify(DevProcess server, String... options) throws InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("verify", articles.collection(), "--server", server.address()));
        arguments.addAll(List.of(options));
        return Command.run(TIMEOUT, arguments.toArray(String[]::new));
    }

    @Test
    void findsWhatIsWrongInAnIndexAndMendsIt() throws InterruptedException, IOException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"))) {
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                fill(client, IndexKind.FLAT, 1_000_000);
            }
            Command clean = verify(server);
            assertThat(clean.exitCode()).as(clean.toString()).isZero();
            assertThat(clean.out()).contains(RECORDS + " records compared", "0 differences");

            server.stop();
            new Spoiler(server.folder().resolve("node-1"))
                    .deleteAndAdd(articles.key(7), "intruder", new float[DIMENSION]);
            server.restart();

            Command spoilt = verify(server);
            assertThat(spoilt.exitCode()).as(spoilt.toString()).isEqualTo(1);
            assertThat(spoilt.out())
                    .contains("record missing", articles.key(7), "record extra", "intruder", "shard 0/0", "node-1")
                    .contains("2 differences");
            assertThat(verify(server, "-o", "json").out())
                    .contains("\"differences\" : 2", "\"kind\" : \"record_missing\"", "\"kind\" : \"record_extra\"");

            Command mended = verify(server, "--repair");
            assertThat(mended.exitCode()).as(mended.toString()).isZero();
            assertThat(mended.out()).contains("0 differences, after 1 shard replica built anew");
            assertThat(mended.err()).contains("shard 0/0 on node-1 serves again");
            assertThat(verify(server).exitCode()).isZero();
        }
    }

    @Test
    void isNotMisledByWritesAndFindsARowThatOneNodeHasDifferently() throws InterruptedException, IOException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"))) {
            server.stop();
            server.restart(List.of("--nodes", "3"));
            String uuid;
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                fill(client, IndexKind.IVF_FLAT, RECORDS / 2);
                awaitReplicasAndCells(client);
                uuid = client.getCollection(articles.collection()).uuid();
                verifyUnderWrites(server, client);
            }

            server.stop();
            new Spoiler(server.folder().resolve("node-2")).changePayload(uuid, articles.key(7), "{\"spoilt\":true}");
            server.restart(List.of("--nodes", "3"));

            Command spoilt = verify(server);
            assertThat(spoilt.exitCode()).as(spoilt.toString()).isEqualTo(1);
            assertThat(spoilt.out())
                    .contains("row content", articles.key(7), "partition 0", "node-2")
                    .contains("1 difference");
        }
    }

    private void awaitReplicasAndCells(VoronodeClient client) throws InterruptedException {
        Eventually.await("three replicas and a trained generation", TIMEOUT, () -> {
            CollectionInfo info = client.getCollection(articles.collection());
            boolean replicated = client.describeCluster().partitions().stream()
                    .allMatch(partition -> partition.nodes().size() == 3);
            return replicated
                            && info.servingGeneration() > 0
                            && info.generations().size() == 1
                    ? null
                    : info.toString();
        });
    }

    /** The same records are written over and over, so that the copies of many are always behind each other. */
    private void verifyUnderWrites(DevProcess server, VoronodeClient client) throws InterruptedException {
        List<VerifyDifference> differences = new ArrayList<>();
        VerifyListener listener = new VerifyListener() {
            @Override
            public void difference(VerifyDifference difference) {
                differences.add(difference);
            }
        };
        for (int round = 0; round < 5; round++) {
            try (Loading loading =
                    Loading.start(articles, 0, RECORDS, () -> VoronodeClient.connect(server.address()))) {
                loading.awaitAcknowledged(25);
                VerifyReport report = client.verifyCollection(articles.collection(), VerifyOptions.DEFAULT, listener);
                loading.finish();
                assertThat(differences).as("false alarms").isEmpty();
                assertThat(report.clean()).as("%s", report).isTrue();
                assertThat(report.compared()).isEqualTo(RECORDS);
                assertThat(report.partitionReplicas()).isEqualTo(3);
            }
        }
    }
}
