package io.voronode.coordinator.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens that a client has put one after the other. */
final class JoinedTokensTest {
    private static final ByteString COLLECTION = ByteString.copyFromUtf8("0123456789abcdef");

    private static Position position(int partition, long index) {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(ByteString.copyFromUtf8("lineage"))
                .setIndex(index)
                .build();
    }

    private static ByteString token(Position... positions) {
        return SessionToken.empty(COLLECTION).plus(List.of(positions)).encode();
    }

    @Test
    void coverWhatEitherCovers() {
        ByteString joined = token(position(0, 7), position(1, 3)).concat(token(position(1, 5), position(2, 9)));

        assertThat(SessionToken.decode(COLLECTION, joined).positions())
                .containsExactly(position(0, 7), position(1, 5), position(2, 9));
    }

    @Test
    void areRefusedWhenTheSecondIsCutOff() {
        ByteString joined = token(position(0, 7)).concat(token(position(1, 5)));

        assertThatThrownBy(() -> SessionToken.decode(COLLECTION, joined.substring(0, joined.size() - 1)))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("session token");
    }
}
