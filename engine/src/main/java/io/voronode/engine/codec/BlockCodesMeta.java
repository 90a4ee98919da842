package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.Rotation;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.jspecify.annotations.Nullable;

/**
 * Scan codes in blocks and records of four-bit codes. Immutable.
 *
 * @param space the space of the cells, which is the codes' too
 * @param origin what codes are relative to, in that space
 * @param product that the scan codes are of; null where they are RaBitQ's
 */
@SuppressWarnings("ArrayRecordComponent") // read by index in loops, never compared
record BlockCodesMeta(
        CellSpace space,
        long rotationSeed,
        float[] origin,
        @Nullable ProductQuantizer product,
        long blocksOffset,
        long recordsOffset)
        implements CodesMeta {

    Rotation rotation() {
        return Rotation.of(rotationSeed, space.coordinates());
    }

    /** Bytes of a scan code. */
    static int scanBytes(CellSpace space, @Nullable ProductQuantizer product) {
        return product == null ? RabitqCode.scanBytes(space.coordinates()) : ProductQuantizer.rows(space.coordinates());
    }

    @Override
    public int wireNumber() {
        return product == null ? RABITQ : PRODUCT;
    }

    @Override
    public int blockBytes() {
        return CodeKernels.blockBytes(scanBytes(space, product));
    }

    @Override
    public int recordBytes() {
        return RabitqCode.recordBytes(space.coordinates());
    }

    @Override
    public SegmentCodes open(CellFieldMeta field, FileRegion blocks, FileRegion records) {
        return new BlockCodes(field, this, blocks, records);
    }

    @Override
    public void writeFields(DataOutput out) throws IOException {
        out.writeLong(rotationSeed);
        out.writeInt(Float.floatToRawIntBits(space.maxNorm()));
        write(origin, out);
        out.writeVLong(blocksOffset);
        out.writeVLong(recordsOffset);
        if (product != null) {
            out.writeInt(Float.floatToRawIntBits(product.error()));
            write(product.codewords(), out);
        }
    }

    private static void write(float[] values, DataOutput out) throws IOException {
        for (float x : values) {
            out.writeInt(Float.floatToRawIntBits(x));
        }
    }

    static BlockCodesMeta read(DataInput in, Metric metric, int dimension, boolean hasProduct) throws IOException {
        long rotationSeed = in.readLong();
        float maxNorm = Float.intBitsToFloat(in.readInt());
        if (!(maxNorm >= 0 && maxNorm <= Float.MAX_VALUE)) {
            throw new CorruptIndexException("longest vector of length " + maxNorm, in);
        }
        CellSpace space = new CellSpace(metric, dimension, maxNorm);
        float[] origin = read(in, space.coordinates());
        long blocksOffset = in.readVLong();
        long recordsOffset = in.readVLong();
        ProductQuantizer product = hasProduct ? product(in, space.coordinates()) : null;
        return new BlockCodesMeta(space, rotationSeed, origin, product, blocksOffset, recordsOffset);
    }

    private static ProductQuantizer product(DataInput in, int coordinates) throws IOException {
        float error = Float.intBitsToFloat(in.readInt());
        if (!(error >= 0 && error <= Float.MAX_VALUE)) {
            throw new CorruptIndexException("codes with an error of " + error, in);
        }
        return new ProductQuantizer(coordinates, read(in, ProductQuantizer.floats(coordinates)), error);
    }

    private static float[] read(DataInput in, int count) throws IOException {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(in.readInt());
        }
        return values;
    }
}
