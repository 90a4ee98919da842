package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.Rotation;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;

/**
 * How to read one field's codes; {@link CellVectorsFormat} has the spec. Immutable.
 *
 * @param space the space of the cells, which is the codes' too
 * @param origin what codes are relative to, in that space
 * @param blocksOffset of the first list's blocks in .vcq
 * @param recordsOffset of the first record in .vcr
 */
@SuppressWarnings("ArrayRecordComponent") // read by index in loops, never compared
record CodesMeta(CellSpace space, long rotationSeed, float[] origin, long blocksOffset, long recordsOffset) {

    Rotation rotation() {
        return Rotation.of(rotationSeed, space.coordinates());
    }

    int scanBytes() {
        return RabitqCode.scanBytes(space.coordinates());
    }

    int blockBytes() {
        return CodeKernels.blockBytes(scanBytes());
    }

    int recordBytes() {
        return RabitqCode.recordBytes(space.coordinates());
    }

    /** Blocks that a list of so many vectors takes. */
    static int blocks(int vectorCount) {
        return Math.ceilDiv(vectorCount, CodeKernels.LANES);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(rotationSeed);
        out.writeInt(Float.floatToRawIntBits(space.maxNorm()));
        for (float x : origin) {
            out.writeInt(Float.floatToRawIntBits(x));
        }
        out.writeVLong(blocksOffset);
        out.writeVLong(recordsOffset);
    }

    static CodesMeta read(DataInput in, Metric metric, int dimension) throws IOException {
        long rotationSeed = in.readLong();
        float maxNorm = Float.intBitsToFloat(in.readInt());
        if (!(maxNorm >= 0 && maxNorm <= Float.MAX_VALUE)) {
            throw new CorruptIndexException("longest vector of length " + maxNorm, in);
        }
        CellSpace space = new CellSpace(metric, dimension, maxNorm);
        float[] origin = new float[space.coordinates()];
        for (int i = 0; i < origin.length; i++) {
            origin[i] = Float.intBitsToFloat(in.readInt());
        }
        return new CodesMeta(space, rotationSeed, origin, in.readVLong(), in.readVLong());
    }
}
