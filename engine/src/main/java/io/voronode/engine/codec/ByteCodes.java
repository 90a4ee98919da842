package io.voronode.engine.codec;

import io.voronode.engine.quantization.ByteCode;

/** Codes of kind IVF_SQ8: records as {@link ByteCode} describes them. */
public final class ByteCodes extends SegmentCodes {

    private final int dimension;

    ByteCodes(CellFieldMeta field, ByteCodesMeta meta, FileRegion records) {
        super(field, meta.recordBytes(), records);
        this.dimension = meta.dimension();
    }

    /** Where the factors begin in a record. */
    public int factorsAt() {
        return ByteCode.factorsAt(dimension);
    }
}
