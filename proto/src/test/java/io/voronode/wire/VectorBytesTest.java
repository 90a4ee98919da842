package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VectorBytesTest {
    private static final float[] VECTOR = {1, -2.5f, 0, Float.MIN_VALUE, 3e38f};

    @Test
    void vectorsComeBackBitForBit() {
        assertThat(VectorBytes.unpack(VectorBytes.pack(VECTOR))).isEqualTo(VECTOR);
    }

    @Test
    void valuesAreLittleEndian() {
        assertThat(VectorBytes.pack(new float[] {1}).toByteArray()).containsExactly(0, 0, 0x80, 0x3f);
    }

    @Test
    void lengthsThatAreNoVectorAreRefused() {
        assertThatThrownBy(() -> VectorBytes.unpack(ByteString.copyFrom(new byte[7])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7 bytes");
    }

    @Test
    void publicValuesBecomeAnArray() {
        assertThat(VectorBytes.toArray(List.of(1f, 2f))).containsExactly(1, 2);
    }
}
