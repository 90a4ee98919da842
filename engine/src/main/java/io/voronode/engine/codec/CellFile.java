package io.voronode.engine.codec;

import java.util.List;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentInfo;

/** The files of {@link CellVectorsFormat} beside Lucene's own; the spec is there. */
enum CellFile {
    META("vcm", "VoronodeCellsMeta"),
    POSTINGS("vcp", "VoronodeCellsPostings"),
    BLOCKS("vcq", "VoronodeCellsQuantized"),
    RECORDS("vcr", "VoronodeCellsRefinement");

    /** Those that stay open, in the order of the reader's fields. */
    static final List<CellFile> DATA = List.of(POSTINGS, BLOCKS, RECORDS);

    private final String extension;
    private final String codecName;

    CellFile(String extension, String codecName) {
        this.extension = extension;
        this.codecName = codecName;
    }

    String extension() {
        return extension;
    }

    /** As the header of the file has it. */
    String codecName() {
        return codecName;
    }

    String name(SegmentInfo segment, String suffix) {
        return IndexFileNames.segmentFileName(segment.name, suffix, extension);
    }
}
