package io.voronode.wire;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Vectors as packed little-endian float32, the form in which they travel between processes and lie in the row store. */
public final class VectorBytes {
    private VectorBytes() {}

    /** Packs a vector; 4 bytes a value. */
    public static ByteString pack(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return ByteString.copyFrom(buffer);
    }

    /**
     * Unpacks a vector into a new array.
     *
     * @throws IllegalArgumentException if the length is not a multiple of 4
     */
    public static float[] unpack(ByteString bytes) {
        return unpack(bytes.asReadOnlyByteBuffer());
    }

    /**
     * Unpacks a vector into a new array.
     *
     * @throws IllegalArgumentException if the length is not a multiple of 4
     */
    public static float[] unpack(ByteBuffer bytes) {
        if (bytes.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException("vector of " + bytes.remaining() + " bytes is not a multiple of 4");
        }
        float[] vector = new float[bytes.remaining() / Float.BYTES];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    /** Copies the values of a public vector into a new array. */
    public static float[] toArray(List<Float> values) {
        float[] vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = values.get(i);
        }
        return vector;
    }
}
