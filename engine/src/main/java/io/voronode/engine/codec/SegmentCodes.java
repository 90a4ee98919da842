package io.voronode.engine.codec;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * One segment's codes, list by list: a record for each vector. Shared by any threads where files are mapped, else owned
 * by the thread that opened them, see {@link SegmentCells#isShareable}.
 */
public abstract sealed class SegmentCodes permits BlockCodes, ByteCodes {

    private final CellFieldMeta field;
    private final int recordBytes;
    private final FileRegion records;

    SegmentCodes(CellFieldMeta field, int recordBytes, FileRegion records) {
        this.field = field;
        this.recordBytes = recordBytes;
        this.records = records;
    }

    boolean isMapped() {
        return records.isMapped();
    }

    /** Bytes of one record. */
    public final int recordBytes() {
        return recordBytes;
    }

    /** Memory with the records of a list (see {@link SegmentCells#listOf}), from {@link #recordsBase}. */
    public final MemorySegment records(int list) throws IOException {
        return records.memory(recordOffset(list), (long) field.count(list) * recordBytes);
    }

    public final long recordsBase(int list) {
        return records.base(recordOffset(list));
    }

    private long recordOffset(int list) {
        return (long) field.start(list) * recordBytes;
    }
}
