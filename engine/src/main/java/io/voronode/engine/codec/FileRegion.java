package io.voronode.engine.codec;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.jspecify.annotations.Nullable;

/**
 * A part of an index file as memory: mapped in place, or, where the directory does not map files or maps them in pieces,
 * copied piece by piece as it is asked for. Mapped regions may be read by any thread while the reader is open; one that
 * copies belongs to the thread that opened it.
 */
final class FileRegion {

    private static final int ALIGNMENT_BYTES = 64;

    private final IndexInput input;
    private final @Nullable MemorySegment mapped;

    /** Takes a slice of its own. */
    FileRegion(IndexInput slice) throws IOException {
        this.input = slice;
        this.mapped = slice instanceof MemorySegmentAccessInput access && slice.length() > 0
                ? access.segmentSliceOrNull(0, slice.length())
                : null;
    }

    boolean isMapped() {
        return mapped != null || input.length() == 0;
    }

    /** The whole region; null if it is not mapped as one. */
    @Nullable
    MemorySegment mapped() {
        return mapped;
    }

    /** Memory that holds these bytes of the region, beginning at {@link #base}. */
    MemorySegment memory(long offset, long bytes) throws IOException {
        return mapped != null ? mapped : copy(offset, bytes);
    }

    /** Where the bytes at this offset of the region begin in what {@link #memory} gives for them. */
    long base(long offset) {
        return mapped != null ? offset : 0;
    }

    /** Off the heap, so that kernels meet one kind of memory only. */
    private MemorySegment copy(long offset, long bytes) throws IOException {
        byte[] heap = new byte[Math.toIntExact(bytes)];
        input.seek(offset);
        input.readBytes(heap, 0, heap.length);
        return Arena.ofAuto().allocate(Math.max(1, bytes), ALIGNMENT_BYTES).copyFrom(MemorySegment.ofArray(heap));
    }
}
