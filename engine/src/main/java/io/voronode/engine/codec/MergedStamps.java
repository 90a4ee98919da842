package io.voronode.engine.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Carries stamps and codes through a merge: from each segment's posting lists back to documents, and on to the documents
 * of the merged segment. A code depends on nothing but the vector and the cell map, so it is copied, not made again. A
 * segment of another format (added to the index from outside, or of kind FLAT) has no stamps; its vectors get the nearest
 * cell. A segment stamped under another cell map is refused: its stamps mean nothing here.
 *
 * <p>A vector's place among all vectors of all merged segments, deleted ones included, is what {@link DocStamps} knows it
 * by.
 */
final class MergedStamps {

    private final FieldInfo field;
    private final CellLayout layout;
    private final DocStamps stamps;
    private final List<MergedSegment> segments = new ArrayList<>();
    private int places;

    private MergedStamps(FieldInfo field, CellLayout layout, int maxDoc) {
        this.field = field;
        this.layout = layout;
        this.stamps = new DocStamps(maxDoc);
    }

    static MergedStamps of(FieldInfo field, CellLayout layout, MergeState merge) throws IOException {
        MergedStamps merged = new MergedStamps(field, layout, merge.segmentInfo.maxDoc());
        for (int i = 0; i < merge.knnVectorsReaders.length; i++) {
            KnnVectorsReader reader = merge.knnVectorsReaders[i];
            if (reader != null && hasField(merge.fieldInfos[i], field.name)) {
                merged.add(reader, merge.docMaps[i]);
            }
        }
        return merged;
    }

    PostingLists lists() {
        return layout.hasPostings() ? stamps.lists() : PostingLists.EMPTY;
    }

    int vectorCount() {
        return stamps.vectorCount();
    }

    /** The codes of the merged segment. */
    CodeSource codes(CodeLayout codes) {
        return new MergedCodes(codes.encoder(), segments, stamps.sourcesByOrdinal());
    }

    private void add(KnnVectorsReader reader, MergeState.DocMap docs) throws IOException {
        FloatVectorValues values = reader.getFloatVectorValues(field.name);
        if (values == null) {
            return;
        }
        CellVectorsReader cells = stamped(reader);
        CellFieldMeta meta = cells == null ? null : cells.meta(field.name);
        int @Nullable [] positions = cells == null || meta == null ? null : cells.positionsByOrdinal(field.name, meta);
        segments.add(MergedSegment.of(places, values, cells, meta, positions));
        KnnVectorValues.DocIndexIterator iterator = values.iterator();
        for (int doc = iterator.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = iterator.nextDoc()) {
            int merged = docs.get(doc);
            if (merged >= 0) {
                int ordinal = iterator.index();
                int cell = meta == null || positions == null
                        ? nearestCell(values, ordinal)
                        : meta.cellAt(positions[ordinal]);
                stamps.set(merged, cell, places + ordinal);
            }
        }
        places = Math.addExact(places, values.size());
    }

    private int nearestCell(FloatVectorValues values, int ordinal) throws IOException {
        return layout.hasPostings() ? layout.nearestCell().applyAsInt(values.vectorValue(ordinal)) : 0;
    }

    /** The reader, if its segment has stamps that count here. */
    private @Nullable CellVectorsReader stamped(KnnVectorsReader reader) {
        CellVectorsReader cells = CellVectorsReader.unwrap(reader, field.name);
        CellFieldMeta meta = cells == null ? null : cells.meta(field.name);
        if (meta == null || !meta.hasPostings() || !layout.hasPostings()) {
            return null;
        }
        if (!meta.cellMapDigest().equals(layout.cellMapDigest())) {
            throw new IllegalStateException("field " + field.name + ": a segment is stamped under cell map \""
                    + meta.cellMapDigest() + "\", the index is written under \"" + layout.cellMapDigest()
                    + "\": rebuild the index");
        }
        return cells;
    }

    private static boolean hasField(FieldInfos infos, String name) {
        FieldInfo info = infos.fieldInfo(name);
        return info != null && info.hasVectorValues();
    }
}
