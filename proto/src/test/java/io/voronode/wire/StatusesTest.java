package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.NotLeader;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.TooLarge;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class StatusesTest {

    static Stream<VoronodeException> everyKind() {
        return Stream.of(
                new BadInput("dimension 2 != 3"),
                new NotFound("no collection"),
                new AlreadyExists("there is one"),
                new Conflict(Reason.STALE_EPOCH, "epoch 3 < 4"),
                new NotLeader("led by n2", "n2"),
                new Overload("queue is full", Duration.ofMillis(250)),
                new TooLarge("17 MiB > 16 MiB"),
                new Unavailable("no majority"),
                new DeadlineExceeded("10 s are over"),
                new Corruption("file x", null),
                new Bug("oops", null));
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void everyKindOfErrorCrossesTheWireUnchanged(VoronodeException error) {
        VoronodeException arrived = Statuses.fromGrpc(Statuses.toGrpc(error));

        assertThat(arrived).hasSameClassAs(error).hasMessage(error.getMessage());
        assertThat(arrived.retryable()).isEqualTo(error.retryable());
    }

    @Test
    void theServersLogCanTellWhereABugIs() {
        NullPointerException bug = new NullPointerException("of a part");

        assertThat(Statuses.toGrpc(bug).getStatus().getCause()).isSameAs(bug);
    }

    @Test
    void everyPermittedKindIsTested() {
        assertThat(everyKind().map(Object::getClass))
                .containsExactlyInAnyOrder(VoronodeException.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void reasonsSurvive(Reason reason) {
        assertThat(Statuses.fromGrpc(Statuses.toGrpc(new Conflict(reason, "no"))))
                .isInstanceOfSatisfying(
                        Conflict.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void theLeaderAndTheDelayOfARetrySurvive() {
        assertThat(Statuses.fromGrpc(Statuses.toGrpc(new NotLeader("no", "n7"))))
                .isInstanceOfSatisfying(
                        NotLeader.class, e -> assertThat(e.leader()).isEqualTo("n7"));
        assertThat(Statuses.fromGrpc(Statuses.toGrpc(new NotLeader("no", null))))
                .isInstanceOfSatisfying(
                        NotLeader.class, e -> assertThat(e.leader()).isNull());
        assertThat(Statuses.fromGrpc(Statuses.toGrpc(new Overload("no", Duration.ofMillis(1_234)))))
                .isInstanceOfSatisfying(
                        Overload.class, e -> assertThat(e.retryDelay()).isEqualTo(Duration.ofMillis(1_234)));
    }

    @Test
    void whatGrpcRefusesForItsSizeIsNotWorthARepetition() {
        assertThat(Statuses.fromGrpc(Status.RESOURCE_EXHAUSTED
                        .withDescription("gRPC message exceeds maximum size 17825792: 20000000")
                        .asRuntimeException()))
                .isInstanceOfSatisfying(
                        TooLarge.class, e -> assertThat(e.retryable()).isFalse());
    }

    @Test
    void whatIsNoErrorOfOursIsABug() {
        StatusRuntimeException status = Statuses.toGrpc(new IllegalStateException("broken"));
        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(Statuses.fromGrpc(new IllegalStateException("broken"))).isInstanceOf(Bug.class);
    }

    @ParameterizedTest
    @EnumSource(Status.Code.class)
    void everyStatusOfAForeignServerBecomesAnError(Status.Code code) {
        assertThat(Statuses.fromGrpc(code.toStatus().withDescription("why").asRuntimeException()))
                .hasMessageContaining("why");
    }
}
