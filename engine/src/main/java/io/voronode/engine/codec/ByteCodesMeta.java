package io.voronode.engine.codec;

import io.voronode.engine.quantization.ByteCode;
import java.io.IOException;
import org.apache.lucene.store.DataOutput;

/** Codes of a byte a coordinate: records only. Immutable. */
record ByteCodesMeta(int dimension, long recordsOffset) implements CodesMeta {

    @Override
    public int wireNumber() {
        return BYTES;
    }

    @Override
    public int blockBytes() {
        return 0;
    }

    @Override
    public int recordBytes() {
        return ByteCode.recordBytes(dimension);
    }

    @Override
    public long blocksOffset() {
        return 0;
    }

    @Override
    public SegmentCodes open(CellFieldMeta field, FileRegion blocks, FileRegion records) {
        return new ByteCodes(field, this, records);
    }

    @Override
    public void writeFields(DataOutput out) throws IOException {
        out.writeVLong(recordsOffset);
    }
}
