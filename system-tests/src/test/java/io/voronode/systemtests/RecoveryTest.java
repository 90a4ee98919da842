package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.CollectionConfig;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteResult;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of the only copy is damaged when a node starts again: refused. Where there are others, {@code faults.DamageFiles} tells. */
@Tag("slow")
final class RecoveryTest {
    private static final String COLLECTION = "recovered";
    private static final int DIMENSION = 16;
    private static final int RECORDS = 400;
    private static final String PAYLOAD = "{\"text\":\"" + "x".repeat(600) + "\"}";

    @TempDir
    Path folder;

    private final List<String> acknowledged = new ArrayList<>();

    @Test
    void theOnlyCopyAnswersDataLossAndNamesTheFile() throws InterruptedException {
        try (DevProcess server = DevProcess.start(folder.resolve("dev"))) {
            try (VoronodeClient client = client(server)) {
                createCollection(client);
                write(client);
            }
            server.stop();
            Path log = NodeFiles.of(server.folder()).flipInTheLog(0);
            server.restart();

            try (VoronodeClient client = client(server)) {
                assertThatThrownBy(() -> client.get(COLLECTION, acknowledged.getFirst()))
                        .isInstanceOf(VoronodeException.Corruption.class)
                        .hasMessageContaining(log.toString());
                assertThat(client.upsert(COLLECTION, List.of(record("another")), Wait.DURABLE)
                                .results())
                        .singleElement()
                        .matches(result -> !result.ok() && result.message().contains(log.toString()));
                assertThat(client.describeCluster().partitions().getFirst().damaged())
                        .hasSize(1)
                        .allMatch(replica -> replica.damage().contains(log.toString()));
            }
        }
    }

    private static VoronodeClient client(DevProcess server) {
        return VoronodeClient.builder().address(server.address()).build();
    }

    private static void createCollection(VoronodeClient client) {
        client.createCollection(
                CollectionConfig.builder(COLLECTION).dimension(DIMENSION).build());
    }

    private void write(VoronodeClient client) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(record("key-" + i));
        }
        for (WriteResult result :
                client.upsert(COLLECTION, records, Wait.DURABLE).results()) {
            assertThat(result.ok()).isTrue();
            acknowledged.add(result.key());
        }
    }

    private static VectorRecord record(String key) {
        float[] vector = new float[DIMENSION];
        vector[0] = key.hashCode();
        vector[1] = 1;
        return VectorRecord.builder(key).vector(vector).payload(PAYLOAD).build();
    }
}
