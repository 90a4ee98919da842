package io.voronode.engine.codec;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.search.DocIdSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Carries stamps through a merge: from each segment's posting lists back to documents, and on to the documents of the
 * merged segment. A segment of another format (added to the index from outside, or of kind FLAT) has no stamps; its
 * vectors get the nearest cell. A segment stamped under another cell map is refused: its stamps mean nothing here.
 */
final class MergedStamps {

    private final FieldInfo field;
    private final CellLayout layout;
    private final int[] cellOfDoc;
    private int count;

    private MergedStamps(FieldInfo field, CellLayout layout, int maxDoc) {
        this.field = field;
        this.layout = layout;
        this.cellOfDoc = new int[maxDoc];
        Arrays.fill(cellOfDoc, PostingLists.NO_VECTOR);
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
        return layout.hasPostings() ? PostingLists.group(cellOfDoc) : PostingLists.EMPTY;
    }

    int vectorCount() {
        return count;
    }

    private void add(KnnVectorsReader reader, MergeState.DocMap docs) throws IOException {
        FloatVectorValues values = reader.getFloatVectorValues(field.name);
        if (values == null) {
            return;
        }
        int @Nullable [] stamps = layout.hasPostings() ? stamps(reader) : null;
        KnnVectorValues.DocIndexIterator iterator = values.iterator();
        for (int doc = iterator.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = iterator.nextDoc()) {
            int merged = docs.get(doc);
            if (merged >= 0) {
                cellOfDoc[merged] = cellOf(values, iterator.index(), stamps);
                count++;
            }
        }
    }

    private int cellOf(FloatVectorValues values, int ordinal, int @Nullable [] stamps) throws IOException {
        if (!layout.hasPostings()) {
            return 0;
        }
        return stamps == null ? layout.nearestCell().applyAsInt(values.vectorValue(ordinal)) : stamps[ordinal];
    }

    private int @Nullable [] stamps(KnnVectorsReader reader) throws IOException {
        CellVectorsReader cells = CellVectorsReader.unwrap(reader, field.name);
        if (cells == null) {
            return null;
        }
        CellFieldMeta meta = cells.meta(field.name);
        if (meta == null || !meta.hasPostings()) {
            return null;
        }
        if (!meta.cellMapDigest().equals(layout.cellMapDigest())) {
            throw new IllegalStateException("field " + field.name + ": a segment is stamped under cell map \""
                    + meta.cellMapDigest() + "\", the index is written under \"" + layout.cellMapDigest()
                    + "\": rebuild the index");
        }
        return cells.cellsByOrdinal(field.name, meta);
    }

    private static boolean hasField(FieldInfos infos, String name) {
        FieldInfo info = infos.fieldInfo(name);
        return info != null && info.hasVectorValues();
    }
}
