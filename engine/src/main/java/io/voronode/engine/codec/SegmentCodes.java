package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.Rotation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * One segment's codes, list by list. Shared by any threads where files are mapped, else owned by the thread that opened
 * them, see {@link SegmentCells#isShareable}.
 */
public final class SegmentCodes {

    private final CellFieldMeta field;
    private final CodesMeta meta;
    private final long[] firstBlocks;
    private final Rotation rotation;
    private final FileRegion blocks;
    private final FileRegion records;

    SegmentCodes(CellFieldMeta field, CodesMeta meta, FileRegion blocks, FileRegion records) {
        this.field = field;
        this.meta = meta;
        this.firstBlocks = field.firstBlocks();
        this.rotation = meta.rotation();
        this.blocks = blocks;
        this.records = records;
    }

    boolean isMapped() {
        return blocks.isMapped() && records.isMapped();
    }

    /** The space that estimates are squared distances of. */
    public CellSpace space() {
        return meta.space();
    }

    public Rotation rotation() {
        return rotation;
    }

    /** What codes are relative to; borrowed. */
    public float[] origin() {
        return meta.origin();
    }

    /** Bytes of one record. */
    public int recordBytes() {
        return meta.recordBytes();
    }

    /** Where the factors begin in a record. */
    public int factorsAt() {
        return RabitqCode.factorsAt(meta.space().coordinates());
    }

    /** The bytes that a scan reads of a list, the empty lanes of its last block included. */
    public long blockBytes(int vectorCount) {
        return (long) CodesMeta.blocks(vectorCount) * meta.blockBytes();
    }

    /** Memory with the scan codes of a list (see {@link SegmentCells#listOf}), from {@link #blocksBase}. */
    public MemorySegment blocks(int list) throws IOException {
        return blocks.memory(blockOffset(list), blockBytes(field.count(list)));
    }

    public long blocksBase(int list) {
        return blocks.base(blockOffset(list));
    }

    private long blockOffset(int list) {
        return firstBlocks[list] * meta.blockBytes();
    }

    /** Memory with the records of a list, from {@link #recordsBase}. */
    public MemorySegment records(int list) throws IOException {
        return records.memory(recordOffset(list), (long) field.count(list) * meta.recordBytes());
    }

    public long recordsBase(int list) {
        return records.base(recordOffset(list));
    }

    private long recordOffset(int list) {
        return (long) field.start(list) * meta.recordBytes();
    }
}
