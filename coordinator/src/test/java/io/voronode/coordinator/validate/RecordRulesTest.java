package io.voronode.coordinator.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordRulesTest {
    private static final CollectionSpec VECTORS = CollectionSpec.newBuilder()
            .setName("articles")
            .setDimension(3)
            .setMetric(Metric.COSINE.wireNumber())
            .build();
    private static final CollectionSpec TEXTS =
            VECTORS.toBuilder().setModel("all-minilm-l6-v2-q").build();

    static Stream<Arguments> badRecords() {
        return Stream.of(
                bad(r -> r.setKey(""), "key is empty; a key has 1 to 512 bytes"),
                bad(r -> r.setKey("é".repeat(257)), "key of 514 bytes exceeds the limit of 512 bytes"),
                bad(r -> r.setKey("a\0b"), "key contains NUL at character 1"),
                bad(r -> r.setVector(vector(1, 2)), "dimension 2 != 3 for collection \"articles\""),
                bad(r -> r.setVector(vector(1, Float.NaN, 2)), "vector value 1 is NaN, not a finite number"),
                bad(r -> r.setVector(vector(1, 2, Float.NEGATIVE_INFINITY)), "vector value 2 is -Infinity"),
                bad(r -> r.setVector(vector(0, 0, 0)), "vector is zero"),
                bad(r -> r.clearVector(), "neither vector nor text is given"),
                bad(r -> r.setText("x"), "both vector and text are given"),
                bad(r -> r.clearVector().setText("x"), "collection \"articles\" has no model"),
                bad(r -> r.setPayload("[1]"), "payload is not a JSON object"),
                bad(r -> r.setPayload("{\"a\":}"), "payload is not JSON"),
                bad(r -> r.setPayload("{\"a\":1"), "payload"),
                bad(r -> r.setPayload("{} {}"), "payload goes on behind its JSON object"),
                bad(r -> r.setPayload("{\"a\":1,\"a\":2}"), "Duplicate field 'a'"),
                bad(r -> r.setPayload("{\"a\":1e999}"), "the number 1e999, which is not finite"),
                bad(r -> r.setPayload("{\"a\":" + "9".repeat(400) + "}"), "which is not finite"),
                bad(r -> r.setPayload("{\"a\":NaN}"), "payload is not JSON: Non-standard token 'NaN'"),
                bad(r -> r.setPayload("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}"), "deeper than 32 levels"),
                bad(r -> r.setPayload("{\"a\":" + "[".repeat(60_000)), "deeper than 32 levels"),
                bad(
                        r -> r.setPayload("{\"a\":\"" + "x".repeat(65_536) + "\"}"),
                        "payload of 65544 bytes exceeds the limit of 65536 bytes"),
                bad(
                        r -> r.setPayload("{\"a\":\"" + "é".repeat(40_000) + "\"}"),
                        "payload of 80008 bytes exceeds the limit of 65536 bytes"),
                bad(
                        r -> r.setDocument(Document.newBuilder().setMediaType("m".repeat(256))),
                        "media type of 256 bytes exceeds the limit of 255 bytes"),
                bad(
                        r -> r.setDocument(document(983_040)),
                        "key, vector, payload and document of 983055 bytes exceed the limit of 983040 bytes"));
    }

    private static Arguments bad(Consumer<Record.Builder> change, String message) {
        return Arguments.of(change, message);
    }

    @ParameterizedTest
    @MethodSource("badRecords")
    void refusesWhatBreaksALimitAndNamesPlaceValueAndLimit(Consumer<Record.Builder> change, String message) {
        Record.Builder record = valid();
        change.accept(record);
        assertThatThrownBy(() -> new RecordRules(VECTORS).require(7, record.build()))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("record 7: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("JsonReadFeature");
    }

    @Test
    void takesWhatIsJustWithinTheLimits() {
        RecordRules rules = new RecordRules(VECTORS);
        Record largest = valid().setKey("k".repeat(512))
                .setPayload("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}")
                .build();
        int rest = Limits.RECORD_BYTES - 512 - 12 - largest.getPayload().length();
        assertThat(rules.require(
                        0, largest.toBuilder().setDocument(document(rest)).build()))
                .containsExactly(1, 2, 3);
        assertThat(rules.require(
                        0,
                        valid().setPayload("{\"x\":-1.5e300,\"y\":[null,true,\"\\u00e9\"]}")
                                .build()))
                .isNotNull();
        assertThat(rules.require(
                        0,
                        valid().setPayload("{\"a\":\"" + "x".repeat(65_528) + "\"}")
                                .build()))
                .isNotNull();
    }

    @Test
    void leavesATextToBeEmbeddedWhereThereIsAModel() {
        RecordRules rules = new RecordRules(TEXTS);
        assertThat(rules.require(0, valid().clearVector().setText("words").build()))
                .isNull();
        assertThatThrownBy(() ->
                        rules.require(3, valid().clearVector().setText(" \n").build()))
                .hasMessage("record 3: text is blank");
    }

    @Test
    void takesAZeroVectorForOtherMetricsThanCosine() {
        CollectionSpec euclidean =
                VECTORS.toBuilder().setMetric(Metric.EUCLIDEAN.wireNumber()).build();
        assertThat(new RecordRules(euclidean)
                        .require(0, valid().setVector(vector(0, 0, 0)).build()))
                .containsExactly(0, 0, 0);
    }

    @Test
    void checksCollectionNames() {
        for (String good : List.of("a", "0", "word-net_2", "a".repeat(63))) {
            Names.requireCollection(good);
        }
        for (String bad : List.of("", "..", "A", "-a", "a".repeat(64), "a".repeat(300), "wörter", "😀", "a/b")) {
            assertThatThrownBy(() -> Names.requireCollection(bad))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("[a-z0-9][a-z0-9_-]{0,62}");
        }
    }

    private static Record.Builder valid() {
        return Record.newBuilder().setKey("key").setVector(vector(1, 2, 3));
    }

    private static Vector vector(float... values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return vector.build();
    }

    private static Document document(int bytes) {
        return Document.newBuilder()
                .setContent(ByteString.copyFrom(new byte[bytes]))
                .build();
    }
}
