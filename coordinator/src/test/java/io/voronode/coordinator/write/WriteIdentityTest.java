package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteIdentityTest {
    private static final ByteString ID = bytes("000102030405060708090a0b0c0d0e0f");

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    @Test
    void takesTheIdOfTheClientOrOneOfItsOwn() {
        ByteString random = WriteIdentity.of(ByteString.EMPTY, List.of()).requestId();
        assertThat(random.size()).isEqualTo(16);
        assertThat(WriteIdentity.of(ByteString.EMPTY, List.of()).requestId()).isNotEqualTo(random);
        assertThat(WriteIdentity.of(ID, List.of()).requestId()).isEqualTo(ID);
        assertThat(WriteIdentity.streamId(ID)).isEqualTo(ID);
        assertThat(WriteIdentity.streamId(ByteString.EMPTY).size()).isEqualTo(16);
    }

    @Test
    void namesABatchByItsStreamAndNumberAsTheWireSaysIt() {
        // printf '000102030405060708090a0b0c0d0e0f0000000000000102' | xxd -r -p | sha256sum
        assertThat(WriteIdentity.ofBatch(ID, 258, List.of()).requestId())
                .isEqualTo(bytes("f2c740b3d9f756559782488848b2c588"));
        assertThat(WriteIdentity.ofBatch(ID, 259, List.of()).requestId())
                .isNotEqualTo(WriteIdentity.ofBatch(ID, 258, List.of()).requestId());
    }

    @Test
    void numbersRecordsByTheirOrdinalsElseFromZero() {
        assertThat(WriteIdentity.of(ID, List.of()).ordinal(3)).isEqualTo(3);
        WriteIdentity part = WriteIdentity.of(ID, List.of(0, 7, 9_999));
        part.requireFor(3);
        assertThat(IntStream.range(0, 3).map(part::ordinal)).containsExactly(0, 7, 9_999);
    }

    @Test
    void refusesIdsAndOrdinalsThatNameNothing() {
        assertRefused(() -> WriteIdentity.of(ID.substring(11), List.of()), "request_id of 5 bytes, not 16");
        assertRefused(() -> WriteIdentity.streamId(ID.concat(ID)), "stream_id of 32 bytes, not 16");
        assertRefused(
                () -> WriteIdentity.of(ByteString.EMPTY, List.of(1)),
                "ordinals without a request_id: nothing can be a repetition of this write");
        assertRefused(() -> WriteIdentity.of(ID, List.of(1, 2)).requireFor(3), "2 ordinals for 3 records");
        assertRefused(
                () -> WriteIdentity.of(ID, List.of(1, 1)).requireFor(2), "ordinal 1 after 1: ordinals must ascend");
        assertRefused(() -> WriteIdentity.of(ID, List.of(10_000)).requireFor(1), "ordinal 10000 is not below 10000");
        assertRefused(() -> WriteIdentity.of(ID, List.of(-1)).requireFor(1), "ordinal 4294967295 is not below 10000");
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run).isInstanceOf(BadInput.class).hasMessage(message);
    }
}
