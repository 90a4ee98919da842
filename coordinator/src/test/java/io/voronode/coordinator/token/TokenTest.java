package io.voronode.coordinator.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenTest {
    private static final ByteString UUID = ByteString.copyFromUtf8("0123456789abcdef");
    private static final ByteString OTHER = ByteString.copyFromUtf8("fedcba9876543210");

    @Test
    void carriesPositionsThroughTheClient() {
        SessionToken token = SessionToken.empty(UUID).plus(List.of(at(0, "a", 7), at(5, "b", 1L << 40)));
        assertThat(SessionToken.decode(UUID, token.encode())).isEqualTo(token);
        assertThat(SessionToken.decode(UUID, ByteString.EMPTY).isEmpty()).isTrue();
        assertThat(SessionToken.empty(UUID).encode().isEmpty()).isTrue();
    }

    @Test
    void keepsTheHighestPositionOfALineageAndTheLastLineage() {
        SessionToken token = SessionToken.empty(UUID)
                .plus(List.of(at(0, "a", 7), at(0, "a", 5), at(1, "a", 3)))
                .plus(List.of(at(1, "b", 1)));
        assertThat(token.positions()).containsExactly(at(0, "a", 7), at(1, "b", 1));
        assertThat(token.nothing().isEmpty()).isTrue();
    }

    @Test
    void refusesTokensThatWereNotGivenOutForTheCollection() {
        ByteString token = SessionToken.empty(UUID).plus(List.of(at(0, "a", 7))).encode();
        assertThatThrownBy(() -> SessionToken.decode(OTHER, token))
                .isInstanceOf(BadInput.class)
                .hasMessage("session token belongs to another collection");
        assertThatThrownBy(() -> ScrollCursor.decode(UUID, token, 1))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("cursor of ");
        assertThatThrownBy(() -> SessionToken.decode(UUID, ByteString.copyFromUtf8("garbage")))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("session token");
    }

    @Test
    void refusesEveryDamagedToken() {
        byte[] token = SessionToken.empty(UUID)
                .plus(List.of(at(3, "lineage", 99)))
                .encode()
                .toByteArray();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = token.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> SessionToken.decode(UUID, ByteString.copyFrom(damaged)))
                    .as("seed %d", seed)
                    .isInstanceOf(BadInput.class);
        }
        for (int length = 1; length < token.length; length++) {
            ByteString cut = ByteString.copyFrom(token, 0, length);
            assertThatThrownBy(() -> SessionToken.decode(UUID, cut)).isInstanceOf(BadInput.class);
        }
    }

    @Test
    void carriesScrollCursors() {
        ScrollCursor cursor = new ScrollCursor(3, "schlüssel");
        assertThat(ScrollCursor.decode(UUID, cursor.encode(UUID), 4)).isEqualTo(cursor);
        assertThat(ScrollCursor.decode(UUID, ByteString.EMPTY, 4)).isEqualTo(ScrollCursor.START);
        assertThatThrownBy(() -> ScrollCursor.decode(UUID, cursor.encode(UUID), 3))
                .isInstanceOf(BadInput.class)
                .hasMessage("cursor names partition 3 of 3");
    }

    private static Position at(int partition, String lineage, long index) {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(ByteString.copyFromUtf8(lineage))
                .setIndex(index)
                .build();
    }
}
