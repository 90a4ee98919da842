package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Document;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.RecordStatus;
import io.voronode.client.SearchOptions;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WriteReport;
import io.voronode.client.WriteResult;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets an answer that names the value and the limit, and costs the other records nothing. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadInputTest {
    private static final String COLLECTION = "strict";
    private static final float[] GOOD = {1, 2, 3};

    private DevProcess server;
    private VoronodeClient client;

    @BeforeAll
    void start(@TempDir Path temp) throws InterruptedException {
        server = DevProcess.start(temp.resolve("data"));
        client = VoronodeClient.connect(server.address());
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(3)
                .metric(Metric.COSINE)
                .build());
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void aWrongDimensionIsNamed() {
        refused(VectorRecord.of("bad", 1, 2), "dimension 2", "3");
    }

    @Test
    void aNaNIsNamed() {
        refused(VectorRecord.of("bad", 1, Float.NaN, 2), "NaN");
    }

    @Test
    void aZeroVectorIsRefusedForCosine() {
        refused(VectorRecord.of("bad", 0, 0, 0), "zero");
    }

    @Test
    void anEmptyKeyIsRefused() {
        refused(VectorRecord.of("", GOOD), "key");
    }

    @Test
    void aLongKeyIsRefused() {
        refused(VectorRecord.of("x".repeat(513), GOOD), "513", "512");
    }

    @Test
    void anOversizeRecordIsRefused() {
        refused(
                VectorRecord.builder("bad")
                        .vector(GOOD)
                        .document(new Document(new byte[1 << 20], "application/octet-stream"))
                        .build(),
                "1048591 bytes",
                "983040 bytes");
    }

    @Test
    void aPayloadThatIsNoObjectIsRefused() {
        refused(VectorRecord.builder("bad").vector(GOOD).payload("[1]").build(), "payload");
        refused(
                VectorRecord.builder("bad")
                        .vector(GOOD)
                        .payload("{\"a\":1e999}")
                        .build(),
                "1e999");
    }

    @Test
    void aTextIsRefusedWhereTheCollectionHasNoModel() {
        refused(VectorRecord.ofText("bad", "hello"), "model");
    }

    @Test
    void searchesNameWhatIsWrong() {
        assertThatThrownBy(() -> client.search(COLLECTION, Query.of(GOOD), SearchOptions.top(0)))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessageContaining("k")
                .hasMessageContaining("0")
                .hasMessageContaining("10000");
        assertThatThrownBy(() -> client.search(COLLECTION, Query.of(1, 2), SearchOptions.top(1)))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessageContaining("dimension 2");
        assertThatThrownBy(() -> client.search("nowhere", Query.of(GOOD), SearchOptions.top(1)))
                .isInstanceOf(VoronodeException.NotFound.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> client.search("../x", Query.of(GOOD), SearchOptions.top(1)))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessageContaining("../x");
    }

    private void refused(VectorRecord bad, String... parts) {
        WriteReport report = client.upsert(
                COLLECTION, List.of(VectorRecord.of("before", GOOD), bad, VectorRecord.of("after", GOOD)));
        assertThat(report.results())
                .extracting(WriteResult::status)
                .containsExactly(RecordStatus.OK, RecordStatus.INVALID_ARGUMENT, RecordStatus.OK);
        assertThat(report.results().get(1).message()).contains(parts).contains("record 1");
        assertThat(client.get(COLLECTION, "after")).isPresent();
    }
}
