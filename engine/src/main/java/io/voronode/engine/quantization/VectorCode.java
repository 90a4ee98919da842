package io.voronode.engine.quantization;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The code of one vector on its way between an encoder and a file: a scan code, by which all vectors of a cell are looked
 * through, empty for kinds without, and a record that says more. {@link RabitqCode} and {@link ByteCode} tell what is in
 * them. Mutable scratch, owned by whoever makes or copies codes.
 */
public final class VectorCode {

    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] scan;
    private final byte[] record;

    public VectorCode(int scanBytes, int recordBytes) {
        this.scan = new byte[scanBytes];
        this.record = new byte[recordBytes];
    }

    /** Not a copy. */
    public byte[] scan() {
        return scan;
    }

    /** Not a copy. */
    public byte[] record() {
        return record;
    }

    /** The float32 that is so many before the end of the record, 1 for the last. */
    public float fromEnd(int place) {
        return (float) FLOAT.get(record, record.length - place * Float.BYTES);
    }

    /** Writes the last floats of the record. */
    void setLast(float... values) {
        int at = record.length - values.length * Float.BYTES;
        for (float value : values) {
            FLOAT.set(record, at, value);
            at += Float.BYTES;
        }
    }
}
