package io.voronode.engine.codec;

import io.voronode.engine.quantization.VectorCode;
import java.io.IOException;
import java.util.List;

/** Codes copied from the segments of a merge, and made for those that have none. Owned by the merging thread. */
final class MergedCodes implements CodeSource {

    private final List<MergedSegment> segments;
    private final int[] placeOfOrdinal;
    private final EncodedVectors encoded;
    private int cell;
    private boolean cellSet;

    MergedCodes(VectorEncoder encoder, List<MergedSegment> segments, int[] placeOfOrdinal) {
        this.segments = segments;
        this.placeOfOrdinal = placeOfOrdinal;
        this.encoded = new EncodedVectors(encoder, ordinal -> segmentOf(ordinal).vector(placeOfOrdinal[ordinal]));
    }

    @Override
    public void beginCell(int next) {
        cell = next;
        cellSet = false;
    }

    @Override
    public void read(int ordinal, VectorCode out) throws IOException {
        if (segmentOf(ordinal).copyCode(placeOfOrdinal[ordinal], out)) {
            return;
        }
        if (!cellSet) {
            encoded.beginCell(cell);
            cellSet = true;
        }
        encoded.read(ordinal, out);
    }

    private MergedSegment segmentOf(int ordinal) {
        int last = segments.size() - 1;
        while (segments.get(last).firstPlace() > placeOfOrdinal[ordinal]) {
            last--;
        }
        return segments.get(last);
    }
}
