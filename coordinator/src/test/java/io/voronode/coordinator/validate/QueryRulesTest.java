package io.voronode.coordinator.validate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class QueryRulesTest {
    private static final CollectionSpec SPEC = CollectionSpec.newBuilder()
            .setName("articles")
            .setDimension(2)
            .setMetric(Metric.COSINE.wireNumber())
            .build();

    static Stream<Arguments> badParams() {
        return Stream.of(
                bad(p -> p.setK(0), "k = 0 is not within 1 to 10000"),
                bad(p -> p.setK(-1), "k = 4294967295 is not within 1 to 10000"),
                bad(p -> p.setK(10_001), "k = 10001 is not within 1 to 10000"),
                bad(p -> p.setConsistencyValue(9), "consistency"),
                bad(p -> p.setMinCoverage(-0.1), "min_coverage = -0.1 is not within 0 to 1"),
                bad(p -> p.setMinCoverage(1.1), "min_coverage = 1.1 is not within 0 to 1"),
                bad(p -> p.setMinCoverage(Double.NaN), "min_coverage = NaN is not within 0 to 1"),
                bad(p -> p.setTargetRecall(0.499), "target_recall = 0.499 is not within 0.5 to 0.999"),
                bad(p -> p.setEf(10_001), "ef = 10001 is beyond 10000"),
                bad(p -> p.setEf(-1), "ef = 4294967295 is beyond 10000"),
                bad(p -> p.setTargetRecall(1), "target_recall = 1.0 is not within 0.5 to 0.999"),
                bad(p -> p.setTargetRecall(Double.NaN), "target_recall = NaN is not within 0.5 to 0.999"),
                bad(
                        p -> p.setTargetRecall(0.9).setNprobe(5),
                        "nprobe = 5 and target_recall = 0.9 are given: a search takes one of them"));
    }

    private static Arguments bad(Consumer<SearchParams.Builder> change, String message) {
        return Arguments.of(change, message);
    }

    @ParameterizedTest
    @MethodSource("badParams")
    void refusesParamsThatBreakALimit(Consumer<SearchParams.Builder> change, String message) {
        SearchParams.Builder params = SearchParams.newBuilder().setK(1);
        change.accept(params);
        assertThatThrownBy(() -> QueryRules.requireParams(params.build()))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(message);
    }

    @Test
    void takesParamsAtTheLimits() {
        SearchParams params = SearchParams.newBuilder()
                .setK(10_000)
                .setNprobe(-1)
                .setMinCoverage(0)
                .build();
        assertThatCode(() -> QueryRules.requireParams(params)).doesNotThrowAnyException();
    }

    @Test
    void refusesQueriesThatCannotBeCompared() {
        QueryRules rules = new QueryRules(SPEC);
        assertThatThrownBy(() -> rules.require("query 4", Query.getDefaultInstance()))
                .hasMessage("query 4: neither vector nor text is given");
        assertThatThrownBy(() ->
                        rules.require("query", Query.newBuilder().setText("a").build()))
                .hasMessageContaining("has no model");
        assertThatThrownBy(() -> rules.require("query", vector(1)))
                .hasMessage("query: dimension 1 != 2 for collection \"articles\"");
        assertThatThrownBy(() -> rules.require("query", vector(0, 0))).hasMessageContaining("zero");
        assertThatThrownBy(() -> rules.require("query", vector(0, Float.POSITIVE_INFINITY)))
                .hasMessageContaining("value 1 is Infinity");
    }

    @Test
    void boundsTheQueriesOfABatch() {
        assertThatThrownBy(() -> QueryRules.requireCount(0)).hasMessage("0 queries are not within 1 to 1000");
        assertThatThrownBy(() -> QueryRules.requireCount(1_001)).hasMessage("1001 queries are not within 1 to 1000");
    }

    private static Query vector(float... values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return Query.newBuilder().setVector(vector).build();
    }
}
