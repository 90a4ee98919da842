package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations against a server and a model side by side. */
@Tag("slow")
final class ModelTest {
    private static final String COLLECTION = "model";
    private static final int OPERATIONS = 2_000;
    private static final int DIMENSION = 12;
    private static final int KEYS = 600;
    private static final int RESTARTS = 4;

    @TempDir
    Path temp;

    private Random random = new Random();
    private int generationsSeen;

    @Test
    void agreesWithAMapAndBruteForceThroughTrainingsSwitchesAndRestarts() throws InterruptedException {
        random = new Random(Seeds.next("ModelTest"));
        try (DevProcess server = DevProcess.start(temp.resolve("data"));
                VoronodeClient client = VoronodeClient.connect(server.address())) {
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .trainAt(200)
                    .shards(3)
                    .build());
            Model model = new Model(COLLECTION);
            for (int operation = 1; operation <= OPERATIONS; operation++) {
                step(client, model);
                if (operation % (OPERATIONS / (RESTARTS + 1)) == 0) {
                    restart(server, operation);
                    model.checkAll(client);
                }
                if (operation % 250 == 0) {
                    retrain(client);
                }
            }
            model.checkAll(client);
            assertThat(generationsSeen).as("retrainings begun").isGreaterThanOrEqualTo(3);
        }
    }

    private void step(VoronodeClient client, Model model) {
        int dice = random.nextInt(100);
        if (dice < 45) {
            model.upsert(client, batch(1));
        } else if (dice < 55) {
            model.upsert(client, batch(1 + random.nextInt(30)));
        } else if (dice < 68) {
            model.delete(client, key());
        } else if (dice < 80) {
            model.checkGet(client, key());
        } else {
            model.checkSearch(client, Seeds.vector(random, DIMENSION), 1 + random.nextInt(20));
        }
    }

    private void restart(DevProcess server, int operation) throws InterruptedException {
        if (random.nextBoolean()) {
            server.kill();
        } else {
            assertThat(server.stop())
                    .as("exit code of SIGTERM after operation %d", operation)
                    .isIn(0, 143);
        }
        server.restart();
    }

    /** Refused while another generation is being built: then that one is what the next searches run beside. */
    private void retrain(VoronodeClient client) {
        try {
            client.retrainCollection(COLLECTION);
            generationsSeen++;
        } catch (VoronodeException.Conflict busy) {
            assertThat(busy).hasMessageContaining(COLLECTION);
        }
    }

    private List<VectorRecord> batch(int size) {
        List<VectorRecord> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            batch.add(VectorRecord.builder(key())
                    .vector(Seeds.vector(random, DIMENSION))
                    .payload("{\"n\":" + random.nextInt() + "}")
                    .build());
        }
        return batch;
    }

    private String key() {
        return "key-" + random.nextInt(KEYS);
    }
}
