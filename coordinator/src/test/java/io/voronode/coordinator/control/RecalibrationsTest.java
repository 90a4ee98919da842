package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.RecalibrateRequest;
import io.voronode.wire.VoronodeException.Conflict;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecalibrationsTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final ByteString ONE = ByteString.copyFromUtf8("one");

    private long nanos = -5;
    private final Recalibrations requests = new Recalibrations(Duration.ofHours(1), () -> nanos);

    private static RecalibrateRequest request(ByteString uuid, long epoch) {
        return RecalibrateRequest.newBuilder()
                .setCollectionUuid(uuid)
                .setEpoch(epoch)
                .setGeneration(1)
                .build();
    }

    @Test
    void whoDoesNotLeadTakesNothing() {
        assertThatThrownBy(() -> requests.offer(request(ONE, 3))).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> requests.offer(request(ONE, 0))).isInstanceOf(Conflict.class);
    }

    @Test
    void takesRequestsOfItsOwnEpochAlone() {
        requests.open(4);

        assertThatThrownBy(() -> requests.offer(request(ONE, 3)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("not the controller of epoch 3 but of 4");
        assertThatThrownBy(() -> requests.offer(request(ONE, 5))).isInstanceOf(Conflict.class);
        assertThat(requests.waiting(ONE)).isNull();
        assertThat(requests.offer(request(ONE, 4))).isTrue();
        assertThat(requests.waiting(ONE)).isEqualTo(request(ONE, 4));
    }

    @Test
    void takesOneOfACollectionInAnHour() {
        requests.open(1);
        requests.offer(request(ONE, 1));
        requests.done(ONE);
        nanos += HOUR - 1;
        assertThat(requests.offer(request(ONE, 1))).isFalse();

        nanos++;
        assertThat(requests.offer(request(ONE, 1))).isTrue();
    }

    @Test
    void whatWasAboutSomethingElseDoesNotCount() {
        requests.open(1);
        requests.offer(request(ONE, 1));
        requests.forget(ONE);

        assertThat(requests.waiting(ONE)).isNull();
        assertThat(requests.offer(request(ONE, 1))).isTrue();
    }

    @Test
    void fewWait() {
        requests.open(1);

        assertThat(IntStream.range(0, 100)
                        .filter(i -> requests.offer(request(ByteString.copyFromUtf8("collection " + i), 1)))
                        .count())
                .isEqualTo(8);
    }

    @Test
    void forgetsWithTheEpochAndWithTheCollection() {
        requests.open(1);
        requests.offer(request(ONE, 1));
        requests.close();
        requests.open(2);
        assertThat(requests.waiting(ONE)).isNull();
        assertThat(requests.offer(request(ONE, 2))).isTrue();

        requests.retain(Set.of());
        assertThat(requests.waiting(ONE)).isNull();
    }
}
