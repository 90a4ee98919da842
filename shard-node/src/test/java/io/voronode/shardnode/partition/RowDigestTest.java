package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.wire.ListDigest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RowDigestTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};

    @TempDir
    private Path folder;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.withDefaults(folder);
        node.formAlone(0);
        node.rows().control(control(0, createCollection(SPEC, 1)));
        for (String key : List.of("b", "a", "é", "c")) {
            put(key, HERE, "{}");
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void put(String key, float[] vector, String payload) {
        node.rows().write(write(0, operations(SPEC, upsert(0, key, vector, payload, stamp(0, 0, 0)))));
    }

    private DigestRowsResponse digest(KeySelection.Builder keys) {
        return node.rows().digestRows(request(keys).build());
    }

    private static DigestRowsRequest.Builder request(KeySelection.Builder keys) {
        return DigestRowsRequest.newBuilder()
                .setPartition(0)
                .setCollectionUuid(SPEC.getUuid())
                .setKeys(keys);
    }

    private static KeySelection.Builder range(String after, String through, int limit) {
        return KeySelection.newBuilder()
                .setAfterKey(after)
                .setThroughKey(through)
                .setLimit(limit);
    }

    private RowDigest one(String key) {
        return digest(KeySelection.newBuilder().addKeys(key)).getRows(0);
    }

    @Test
    void tellsRowsOfARangeInKeyOrderWithTheirPlaces() {
        DigestRowsResponse all = digest(range("", "", 10));

        assertThat(all.getRowsList()).extracting(RowDigest::getKey).containsExactly("a", "b", "c", "é");
        assertThat(all.getRowsList()).allSatisfy(row -> {
            assertThat(row.getVersion()).isPositive();
            assertThat(row.getContent().size()).isEqualTo(16);
            assertThat(row.getStamp()).isEqualTo(stamp(0, 0, 0));
            assertThat(row.getListed()).isTrue();
        });
        assertThat(all.getMore()).isFalse();
        assertThat(all.getLiveRows()).isEqualTo(4);
        assertThat(all.getDigest()).isEqualTo(ListDigest.of(all.getRowsList()));
        assertThat(digest(range("a", "c", 10)).getRowsList())
                .extracting(RowDigest::getKey)
                .containsExactly("b", "c");
    }

    @Test
    void endsAtTheLimitAndSaysSo() {
        DigestRowsResponse some = digest(range("a", "", 2));

        assertThat(some.getRowsList()).extracting(RowDigest::getKey).containsExactly("b", "c");
        assertThat(some.getMore()).isTrue();
    }

    @Test
    void leavesOutWhatTheCallerKnows() {
        DigestRowsResponse all = digest(range("", "", 10));

        DigestRowsResponse same = node.rows()
                .digestRows(request(range("", "", 10))
                        .setKnownDigest(all.getDigest())
                        .build());

        assertThat(same.getRowsList()).isEmpty();
        assertThat(same.getDigest()).isEqualTo(all.getDigest());
    }

    @Test
    void aRowOfOtherContentHasAnotherDigest() {
        RowDigest before = one("a");

        put("a", HERE, "{\"x\":1}");
        RowDigest payload = one("a");
        put("a", new float[] {1, 3}, "{\"x\":1}");
        RowDigest vector = one("a");

        assertThat(payload.getContent()).isNotEqualTo(before.getContent());
        assertThat(vector.getContent()).isNotEqualTo(payload.getContent()).isNotEqualTo(before.getContent());
        assertThat(vector.getVersion()).isGreaterThan(payload.getVersion());
    }

    @Test
    void ofNamedKeysTellsThoseThatAreThere() {
        node.rows().write(write(0, operations(SPEC, delete(0, "b"))));

        assertThat(digest(KeySelection.newBuilder().addAllKeys(List.of("c", "b", "nowhere", "a")))
                        .getRowsList())
                .extracting(RowDigest::getKey)
                .containsExactly("c", "a");
    }

    @Test
    void aRowWithoutAStampForTheGenerationHasNoPlace() {
        DigestRowsResponse other = node.rows()
                .digestRows(request(range("", "", 10)).setGeneration(7).build());

        assertThat(other.getRowsList()).hasSize(4).allSatisfy(row -> {
            assertThat(row.hasStamp()).isFalse();
            assertThat(row.getListed()).isFalse();
        });
    }

    @Test
    void refusesALimitOutOfBounds() {
        assertThatThrownBy(() -> digest(range("", "", 0)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("limit 0 is not in 1..20000");
    }
}
