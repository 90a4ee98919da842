package io.voronode.engine.codec;

import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.jspecify.annotations.Nullable;

/** How to read one field's codes; {@link CellVectorsFormat} has the spec. Immutable. */
sealed interface CodesMeta permits BlockCodesMeta, ByteCodesMeta {

    int NONE = 0;

    /** Of {@link BlockCodesMeta} without a product quantizer. */
    int RABITQ = 1;

    /** Of {@link BlockCodesMeta} with one. */
    int PRODUCT = 2;

    /** Of {@link ByteCodesMeta}. */
    int BYTES = 3;

    /** What kind of codes these are, in files. */
    int wireNumber();

    /** Bytes of a block of scan codes; 0 without scan codes. */
    int blockBytes();

    int recordBytes();

    /** Of the first list's blocks in .vcq. */
    long blocksOffset();

    /** Of the first record in .vcr. */
    long recordsOffset();

    /** Opens the codes themselves. */
    SegmentCodes open(CellFieldMeta field, FileRegion blocks, FileRegion records);

    /** What follows the wire number. */
    void writeFields(DataOutput out) throws IOException;

    /** Blocks that a list of so many vectors takes. */
    static int blocks(int vectorCount) {
        return Math.ceilDiv(vectorCount, CodeKernels.LANES);
    }

    static void write(@Nullable CodesMeta codes, DataOutput out) throws IOException {
        out.writeByte((byte) (codes == null ? NONE : codes.wireNumber()));
        if (codes != null) {
            codes.writeFields(out);
        }
    }

    static @Nullable CodesMeta read(DataInput in, Metric metric, int dimension) throws IOException {
        int wireNumber = in.readByte();
        return switch (wireNumber) {
            case NONE -> null;
            case RABITQ -> BlockCodesMeta.read(in, metric, dimension, false);
            case PRODUCT -> BlockCodesMeta.read(in, metric, dimension, true);
            case BYTES -> new ByteCodesMeta(dimension, in.readVLong());
            default -> throw new CorruptIndexException("unknown codes " + wireNumber, in);
        };
    }
}
