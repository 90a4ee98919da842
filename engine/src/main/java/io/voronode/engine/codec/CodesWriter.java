package io.voronode.engine.codec;

import io.voronode.engine.quantization.CodeBlock;
import io.voronode.engine.quantization.VectorCode;
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
        VectorCode code = layout.code();
        CodeBlock block = code.scan().length == 0 ? null : new CodeBlock(code.scan().length);
        int next = 0;
        for (int list = 0; list < lists.cells().length; list++) {
            source.beginCell(lists.cells()[list]);
            int end = next + lists.counts()[list];
            while (next < end) {
                source.read(lists.ordinals()[next++], code);
                records.writeBytes(code.record(), code.record().length);
                if (block != null) {
                    block.add(code);
                    if (block.isFull() || next == end) {
                        byte[] bytes = block.bytes();
                        blocks.writeBytes(bytes, bytes.length);
                        block.clear();
                    }
                }
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
