package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Consistency;
import io.voronode.client.Metric;
import io.voronode.client.ReadOptions;
import io.voronode.client.SnapshotListener;
import io.voronode.client.UpsertListener;
import io.voronode.client.VerifyListener;
import io.voronode.client.VerifyOptions;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of one process, restored in it and in another with other nodes, broken off and damaged. */
@Tag("slow")
final class SnapshotTest {
    private static final int RECORDS = 3_000;
    /** So many that their restore takes a while. */
    private static final int MANY_RECORDS = 15_000;

    private static final int DIMENSION = 24;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path temp;

    private final long seed = Seeds.next("SnapshotTest");
    private final Articles articles = new Articles("articles", seed, DIMENSION);
    private final Articles again = new Articles("again", seed, DIMENSION);
    private final List<Integer> all = IntStream.range(0, RECORDS).boxed().toList();

    private void fill(VoronodeClient client, int records) {
        client.createCollection(CollectionConfig.builder(articles.collection())
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .trainAt(1_000)
                .build());
        client.upsertAll(
                articles.collection(),
                IntStream.range(0, records).mapToObj(articles::record).iterator(),
                UpsertListener.NONE);
    }

    private static Command run(DevProcess server, String... arguments) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", server.address()));
        return Command.run(TIMEOUT, all.toArray(String[]::new));
    }

    @Test
    void aSnapshotOutlivesItsCollectionAndItsServer() throws InterruptedException, IOException {
        Path kept = Files.createDirectories(temp.resolve("kept"));
        try (DevProcess server = DevProcess.start(temp.resolve("one"));
                VoronodeClient client = VoronodeClient.connect(server.address())) {
            fill(client, RECORDS);
            Command made = run(server, "snapshot", "create", "articles", "monday");
            assertThat(made.exitCode()).as(made.toString()).isZero();
            assertThat(made.out()).contains("monday", "articles");
            assertThat(run(server, "snapshot", "create", "articles", "monday").err())
                    .contains("exists");
            client.deleteCollection("articles");

            Command restored = run(server, "snapshot", "restore", "monday", "--collection", "again");
            assertThat(restored.exitCode()).as(restored.toString()).isZero();
            assertThat(restored.out()).contains("restored into again");
            check(client);

            Files.move(server.folder().resolve("snapshots").resolve("monday"), kept.resolve("monday"));
            assertThat(run(server, "snapshot", "list", "-o", "json").out().strip())
                    .isEqualTo("[ ]");
        }
        try (DevProcess server = DevProcess.start(temp.resolve("two"))) {
            server.stop();
            server.restart(List.of("--nodes", "3", "--snapshots", kept.toString()));
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                assertThat(client.restoreSnapshot("monday", "again", SnapshotListener.NONE)
                                .recordCount())
                        .isEqualTo(RECORDS);
                check(client);
                assertThat(run(server, "snapshot", "delete", "monday").exitCode())
                        .isZero();
                assertThat(client.listSnapshots()).isEmpty();
            }
        }
    }

    private void check(VoronodeClient client) throws InterruptedException {
        assertThat(client.count("again", Consistency.STRONG)).isEqualTo(RECORDS);
        // Another client than the one that restored it reads any copy, and one of three may still lag.
        Eventually.await("all records on the copy that is read", TIMEOUT, () -> {
            long lost = again.countLost(client, all);
            return lost == 0 ? null : lost + " are not there";
        });
        Eventually.await("a trained generation", TIMEOUT, () -> {
            CollectionInfo info = client.getCollection("again");
            return info.servingGeneration() > 0 && info.generations().size() == 1 ? null : info.toString();
        });
        again.checkExactSearches(client, RECORDS, 3, 10);
        Eventually.await("equal copies", TIMEOUT, () -> {
            var report = client.verifyCollection("again", VerifyOptions.DEFAULT, VerifyListener.NONE);
            return report.clean() ? null : report.toString();
        });
    }

    @Test
    void aDamagedFileIsNamedAndNothingIsMade() throws InterruptedException, IOException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"));
                VoronodeClient client = VoronodeClient.connect(server.address())) {
            fill(client, RECORDS);
            client.createSnapshot("articles", "monday", SnapshotListener.NONE);
            Path file = server.folder().resolve("snapshots").resolve("monday").resolve("rows-0-0.bin");
            byte[] content = Files.readAllBytes(file);
            content[content.length / 3] ^= 4;
            Files.write(file, content);

            Command refused = run(server, "snapshot", "restore", "monday", "--collection", "again");

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("rows-0-0.bin does not have the SHA-256");
            assertThat(client.listCollections()).hasSize(1);
            assertThat(run(server, "snapshot", "restore", "../monday").err()).contains("does not match");
        }
    }

    @Test
    void aRestoreThatIsBrokenOffLeavesNothingBehind() throws InterruptedException {
        try (DevProcess server = DevProcess.start(temp.resolve("data"))) {
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                fill(client, MANY_RECORDS);
                client.createSnapshot("articles", "monday", SnapshotListener.NONE);
                CompletableFuture<?> restore = begin(client);
                assertThat(client.listCollections())
                        .as("seen while it is restored")
                        .hasSize(1);
                restore.cancel(true);
                awaitGone(client);

                var _ = begin(client);
                server.kill();
            }
            server.restart();
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                assertThat(client.listCollections()).as("seen after a crash").hasSize(1);
                awaitGone(client);
                assertThat(articles.countLost(client, all)).isZero();
            }
        }
    }

    /** Returns when records are being written. */
    private static CompletableFuture<?> begin(VoronodeClient client) throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        CompletableFuture<?> restore = client.async().restoreSnapshot("monday", "again", (step, done, total) -> {
            if (step.equals("writing") && done < total) {
                writing.countDown();
            }
        });
        assertThat(writing.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return restore;
    }

    /** While the name is taken, a collection of that name cannot be made. */
    private static void awaitGone(VoronodeClient client) throws InterruptedException {
        Eventually.await("the name is free again", TIMEOUT, () -> {
            client.createCollection(
                    CollectionConfig.builder("again").dimension(2).build());
            client.deleteCollection("again");
            return null;
        });
        assertThatThrownBy(() -> client.get("again", List.of("a"), ReadOptions.DEFAULT))
                .isInstanceOf(NotFound.class);
    }
}
