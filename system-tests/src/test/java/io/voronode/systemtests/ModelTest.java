package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations against a server and a model side by side. */
@Tag("slow")
final class ModelTest {
    private static final String COLLECTION = "model";
    private static final int OPERATIONS = 20_000;
    private static final double RESTART_SHARE = 0.0005;
    private static final int RETRAIN_EVERY = 2_000;
    private static final int DIMENSION = 12;
    private static final int KEYS = 1_200;
    private static final int MAX_BATCH = 40;
    private static final int MAX_READS = 20;
    private static final int MAX_SEARCHES = 8;
    private static final Duration LIFE = Duration.ofMillis(200);
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00.125Z");

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path temp;

    private Random random = new Random();
    private int restarts;
    private int retrainings;

    @Test
    void agreesWithAMapAndBruteForceThroughTrainingsSwitchesAndRestarts() throws InterruptedException {
        random = new Random(Seeds.next("ModelTest"));
        try (DevProcess server = DevProcess.start(temp.resolve("data"));
                VoronodeClient client = client(server)) {
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .trainAt(200)
                    .shards(3)
                    .build());
            run(server, client, new Model(COLLECTION));
        }
        System.out.printf(
                Locale.ROOT,
                "ModelTest: %d operations, %d restarts, %d retrainings%n",
                OPERATIONS,
                restarts,
                retrainings);
        assertThat(retrainings).as("retrainings begun").isGreaterThanOrEqualTo(3);
    }

    /** As patient as a restart may take long on a busy machine. */
    private static VoronodeClient client(DevProcess server) {
        return VoronodeClient.builder()
                .address(server.address())
                .deadline(PATIENCE)
                .retryFor(PATIENCE)
                .build();
    }

    private void run(DevProcess server, VoronodeClient client, Model model) throws InterruptedException {
        int nextTraining = RETRAIN_EVERY;
        for (int done = 0; done < OPERATIONS; ) {
            int operations = step(client, model);
            done += operations;
            if (random.nextDouble() < operations * RESTART_SHARE) {
                restart(server, client, model);
                model.checkAll(client);
            }
            if (done >= nextTraining) {
                nextTraining += RETRAIN_EVERY;
                retrain(client);
            }
        }
        model.checkAll(client);
    }

    /** One call of the client; answers how many operations it held. */
    private int step(VoronodeClient client, Model model) throws InterruptedException {
        int dice = random.nextInt(100);
        if (dice == 0) {
            return expire(client, model, 1 + random.nextInt(MAX_BATCH));
        } else if (dice < 30) {
            return upsert(client, model, 1);
        } else if (dice < 45) {
            return upsert(client, model, 1 + random.nextInt(MAX_BATCH));
        } else if (dice < 55) {
            return delete(client, model, random.nextBoolean() ? 1 : 1 + random.nextInt(MAX_BATCH));
        } else if (dice < 75) {
            return get(client, model, 1 + random.nextInt(MAX_READS));
        } else if (dice < 98) {
            return search(client, model, 1 + random.nextInt(MAX_SEARCHES));
        } else {
            model.checkAll(client);
            return 2;
        }
    }

    private int upsert(VoronodeClient client, Model model, int size) {
        model.upsert(client, batch(size));
        return size;
    }

    /** Writes records, and lets their time pass. */
    private int expire(VoronodeClient client, Model model, int size) throws InterruptedException {
        Instant end = Instant.now().plus(LIFE).truncatedTo(ChronoUnit.MILLIS);
        List<VectorRecord> batch = new ArrayList<>();
        for (String key : keys(size)) {
            batch.add(record(key).expiresAt(end).build());
        }
        model.upsert(client, batch);
        Thread.sleep(Math.max(0, Duration.between(Instant.now(), end).toMillis() + 1));
        model.expired(batch);
        return size;
    }

    /** One in four has a time that does not pass here. */
    private List<VectorRecord> batch(int size) {
        List<VectorRecord> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            VectorRecord.Builder record = record(key());
            batch.add(random.nextInt(4) == 0 ? record.expiresAt(LATER).build() : record.build());
        }
        return batch;
    }

    private VectorRecord.Builder record(String key) {
        return VectorRecord.builder(key)
                .vector(Seeds.vector(random, DIMENSION))
                .payload(Condition.payload(random.nextInt()));
    }

    private int delete(VoronodeClient client, Model model, int size) {
        model.delete(client, List.copyOf(keys(size)));
        return size;
    }

    private int get(VoronodeClient client, Model model, int size) {
        model.checkGet(client, keys(size));
        return size;
    }

    private int search(VoronodeClient client, Model model, int size) {
        List<float[]> queries = IntStream.range(0, size)
                .mapToObj(query -> Seeds.vector(random, DIMENSION))
                .toList();
        Condition condition = random.nextBoolean() ? Condition.next(random) : Condition.NONE;
        model.checkSearches(client, queries, 1 + random.nextInt(20), condition);
        return size;
    }

    /** With a write under way, which the client repeats until it is answered: it must be applied once, whenever the server ended. */
    private void restart(DevProcess server, VoronodeClient client, Model model) throws InterruptedException {
        restarts++;
        List<VectorRecord> batch = batch(1 + random.nextInt(MAX_BATCH));
        CompletableFuture<WriteReport> written = client.async().upsert(COLLECTION, batch, Wait.DURABLE);
        if (random.nextBoolean()) {
            server.kill();
        } else {
            assertThat(server.stop()).as("exit code of SIGTERM").isIn(0, 143);
        }
        server.restart();
        model.acknowledge(batch, written.join());
    }

    /** Refused while another generation is being built: then that one is what the next searches run beside. */
    private void retrain(VoronodeClient client) {
        try {
            client.retrainCollection(COLLECTION);
            retrainings++;
        } catch (VoronodeException.Conflict busy) {
            assertThat(busy).hasMessageContaining(COLLECTION);
        }
    }

    /** Different ones. */
    private Set<String> keys(int count) {
        Set<String> keys = new LinkedHashSet<>();
        while (keys.size() < count) {
            keys.add(key());
        }
        return keys;
    }

    private String key() {
        return "key-" + random.nextInt(KEYS);
    }
}
