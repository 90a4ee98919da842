package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellSpace;
import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.quantization.Rotation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Codes of kinds IVF_RABITQ and IVF_PQ: beside the records of four-bit codes, scan codes in blocks. */
public final class BlockCodes extends SegmentCodes {

    private final CellFieldMeta field;
    private final BlockCodesMeta meta;
    private final long[] firstBlocks;
    private final Rotation rotation;
    private final FileRegion blocks;

    BlockCodes(CellFieldMeta field, BlockCodesMeta meta, FileRegion blocks, FileRegion records) {
        super(field, meta.recordBytes(), records);
        this.field = field;
        this.meta = meta;
        this.firstBlocks = field.firstBlocks();
        this.rotation = meta.rotation();
        this.blocks = blocks;
    }

    @Override
    boolean isMapped() {
        return blocks.isMapped() && super.isMapped();
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

    /** That the scan codes are of; null where they are RaBitQ's. */
    public @Nullable ProductQuantizer product() {
        return meta.product();
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
}
