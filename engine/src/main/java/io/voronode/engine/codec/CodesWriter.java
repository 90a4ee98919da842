package io.voronode.engine.codec;

import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.simd.CodeKernels;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IOUtils;

/** Writes .vcq and .vcr; {@link CellVectorsFormat} has the spec. Holds one block at a time. Owned by the segment's writer. */
final class CodesWriter implements Closeable {

    private final IndexOutput blocks;
    private final IndexOutput records;

    /** Takes over both files, headers written. */
    CodesWriter(IndexOutput blocks, IndexOutput records) {
        this.blocks = blocks;
        this.records = records;
    }

    /** Writes the codes of all lists of a field. */
    CodesMeta write(CodeLayout layout, PostingLists lists, CodeSource source) throws IOException {
        CodesMeta meta = layout.meta(
                blocks.alignFilePointer(CellVectorsFormat.ALIGNMENT_BYTES),
                records.alignFilePointer(CellVectorsFormat.ALIGNMENT_BYTES));
        RabitqCode code = layout.code();
        CodeBlock block = new CodeBlock(code.scan().length);
        int next = 0;
        for (int list = 0; list < lists.cells().length; list++) {
            source.beginCell(lists.cells()[list]);
            int end = next + lists.counts()[list];
            while (next < end) {
                block.clear();
                for (int vector = 0; vector < CodeKernels.LANES && next < end; vector++) {
                    source.read(lists.ordinals()[next++], code);
                    block.add(code);
                    records.writeBytes(code.record(), code.record().length);
                }
                block.write(blocks);
            }
        }
        return meta;
    }

    void finish() throws IOException {
        CodecUtil.writeFooter(blocks);
        CodecUtil.writeFooter(records);
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(blocks, records);
    }
}
