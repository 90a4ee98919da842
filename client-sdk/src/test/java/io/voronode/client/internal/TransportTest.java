package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Unavailable;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the client makes of the failures of connections. */
final class TransportTest {

    @Test
    void aCallThatMeetsAConnectionAtItsEndMayBeRepeated() {
        try (Transport transport = new Transport(
                new ClientConfig(List.of("127.0.0.1:1"), Duration.ofSeconds(1), Duration.ofSeconds(1), true))) {
            Status unknown = Status.UNKNOWN.withDescription("channel closed");

            assertThat(transport.error(
                            unknown.withCause(new ClosedChannelException()).asRuntimeException(), "127.0.0.1:1"))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("the connection to 127.0.0.1:1 was closed");
            assertThat(transport.error(unknown.asRuntimeException(), "127.0.0.1:1"))
                    .as("what a server answered")
                    .isInstanceOf(Bug.class);
        }
    }
}
