package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.DescribePressureResponse;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WritePressureTest {
    private static final DescribePressureResponse ROOMY = DescribePressureResponse.getDefaultInstance();
    private static final DescribePressureResponse FULL =
            DescribePressureResponse.newBuilder().setLowOnSpace(true).build();
    private static final RequestOperations UPSERT =
            request(WriteOperation.newBuilder().setKey("k").setUpsert(UpsertAction.getDefaultInstance()));
    private static final RequestOperations DELETE =
            request(WriteOperation.newBuilder().setKey("k").setDelete(DeleteAction.getDefaultInstance()));

    private final WritePressure pressure = new WritePressure(Duration.ofSeconds(30));

    private static RequestOperations request(WriteOperation.Builder operation) {
        return RequestOperations.newBuilder().addOperations(operation).build();
    }

    private static DescribePressureResponse slowest(long index) {
        DescribePressureResponse.Builder answer = DescribePressureResponse.newBuilder();
        answer.addFeedsBuilder().setPartition(4).setSlowestIndex(index);
        return answer.build();
    }

    private void heard(int second, long applied, DescribePressureResponse... answers) {
        pressure.heard(
                4, applied, 3, List.of(answers), Duration.ofSeconds(second).toNanos());
    }

    @Test
    void holdsBackAllButDeletesWhileTheSlowestServingReplicaIsTooFarBehind() {
        for (int second = 0; second <= 30; second++) {
            heard(second, 100 + second, slowest(120), slowest(100));
            assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
        }
        heard(32, 140, slowest(130), slowest(100));
        assertThatThrownBy(() -> pressure.require(4, UPSERT))
                .isInstanceOf(Overload.class)
                .hasMessage("the index is 31 s (40 log entries) behind partition 4;"
                        + " above 30 s writes wait for it, deletes excepted");
        assertThatCode(() -> pressure.require(4, DELETE)).doesNotThrowAnyException();
        assertThatCode(() -> pressure.require(5, UPSERT)).doesNotThrowAnyException();

        heard(33, 140, slowest(130), slowest(140));
        assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
    }

    @Test
    void waitsForNobodyWhereNoReplicaServes() {
        heard(0, 100, slowest(100));
        heard(100, 900, ROOMY, ROOMY);
        assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
    }

    @Test
    void takesNoUpsertsThatAMajorityCouldNotKeep() {
        heard(0, 1, ROOMY, ROOMY, FULL);
        assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
        heard(1, 1, ROOMY, FULL, FULL);
        assertThatThrownBy(() -> pressure.require(4, UPSERT))
                .isInstanceOf(Overload.class)
                .hasMessageContaining("only 1 of the 3 nodes that hold partition 4 have room");
        assertThatCode(() -> pressure.require(4, DELETE)).doesNotThrowAnyException();
    }

    @Test
    void countsSilentNodesOnlyBesideFullOnes() {
        heard(0, 1, ROOMY);
        assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
        heard(1, 1, ROOMY, FULL);
        assertThatThrownBy(() -> pressure.require(4, UPSERT)).isInstanceOf(Overload.class);
    }

    @Test
    void forgetsWhatItNoLongerLeads() {
        heard(0, 1, FULL, FULL, FULL);
        pressure.retain(Set.of(1));
        assertThatCode(() -> pressure.require(4, UPSERT)).doesNotThrowAnyException();
    }
}
