package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.expiring;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.ExportRequest;
import io.voronode.proto.internal.v1.ExportResponse;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.WriteOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads see of rows that expire, and that the leader has them removed. */
final class ExpiredRowsTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final CollectionSpec OTHER = Requests.collection("others", 2);
    private static final float[] HERE = {1, 2};
    private static final Stamp S0 = stamp(0, 0, 0);
    /** Far beyond any clock. */
    private static final long EXPIRY = 200_000_000_000_000L;

    @TempDir
    private Path folder;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.withDefaults(folder);
        node.formAlone(0);
        node.rows().control(control(0, createCollection(SPEC, 1)));
        node.rows().control(control(0, createCollection(OTHER, 1)));
        put(upsert(0, "forever", HERE, S0));
        put(expiring(0, "later", HERE, EXPIRY + 10, S0));
        put(expiring(0, "soon", HERE, EXPIRY, S0));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void put(WriteOperation operation) {
        node.rows().write(Requests.write(0, operations(SPEC, operation)));
    }

    private ScanResponse scan(long nowMs) {
        return node.rows()
                .scan(ScanRequest.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setLimit(10)
                        .setNowMs(nowMs)
                        .build());
    }

    private List<String> exported(long nowMs) {
        List<String> keys = new ArrayList<>();
        node.rows()
                .export(ExportRequest.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setNowMs(nowMs)
                        .build())
                .forEachRemaining((ExportResponse batch) -> batch.getRowsList().forEach(row -> keys.add(row.getKey())));
        return keys;
    }

    private ByteString digest(String key) {
        return node.rows()
                .digestRows(DigestRowsRequest.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setKeys(KeySelection.newBuilder().addKeys(key))
                        .build())
                .getRows(0)
                .getContent();
    }

    @Test
    void readsShowNoRowFromItsExpiryOnAndCountIt() {
        ReadRequest read = ReadRequest.newBuilder()
                .setCollectionUuid(SPEC.getUuid())
                .addKeys("soon")
                .setNowMs(EXPIRY - 1)
                .build();

        assertThat(node.rows().read(read).getRowsList())
                .singleElement()
                .satisfies(row -> assertThat(row.getExpireTimeMs()).isEqualTo(EXPIRY));
        assertThat(node.rows().read(read.toBuilder().setNowMs(EXPIRY).build()).getRowsList())
                .isEmpty();
        assertThat(scan(EXPIRY - 1).getLiveRows()).isEqualTo(3);
        assertThat(scan(EXPIRY).getLiveRows()).isEqualTo(2);
        assertThat(scan(EXPIRY + 10).getLiveRows()).isEqualTo(1);
        assertThat(scan(EXPIRY).getRowsList()).extracting(Row::getKey).containsExactly("forever", "later");
        assertThat(exported(EXPIRY)).containsExactly("forever", "later");
    }

    @Test
    void theLeaderHasExpiredRowsOfAllCollectionsRemoved() {
        List<WriteOperation> past = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            past.add(expiring(i, "past-" + i, HERE, 1L + i, S0));
        }
        node.rows().write(Requests.write(0, operations(SPEC, past.toArray(WriteOperation[]::new))));
        node.rows().write(Requests.write(0, operations(OTHER, past.toArray(WriteOperation[]::new))));
        assertThat(scan(0).getLiveRows()).as("by the time of the log").isEqualTo(3);

        TestNode.await(
                "1200 rows removed",
                () -> node.host().counters().firstEntry().getValue().rowsExpired() == 1_200);
        TestNode.await(
                "the rows that are left",
                () -> node.status(0).getCollectionsList().stream()
                                .mapToLong(collection -> collection.getLiveRows())
                                .sum()
                        == 3);
        assertThat(scan(0).getRowsList()).extracting(Row::getKey).containsExactly("forever", "later", "soon");

        put(expiring(0, "past again", HERE, 1, S0));
        TestNode.await(
                "one more", () -> node.host().counters().firstEntry().getValue().rowsExpired() == 1_201);
        assertThat(scan(EXPIRY).getLiveRows()).isEqualTo(2);
    }

    @Test
    void theDigestOfARowTellsItsExpiry() {
        ByteString soon = digest("soon");
        put(expiring(0, "soon", HERE, EXPIRY + 1, S0));
        ByteString other = digest("soon");

        assertThat(other).isNotEqualTo(soon);
    }
}
