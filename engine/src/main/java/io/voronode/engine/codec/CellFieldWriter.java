package io.voronode.engine.codec;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.RamUsageEstimator;
import org.jspecify.annotations.Nullable;

/** Buffers one field's stamps beside Lucene's buffer of its vectors. Owned by one indexing thread. */
final class CellFieldWriter extends KnnFieldVectorsWriter<float[]> {

    private final FieldInfo field;
    private final CellLayout layout;
    private final FlatFieldVectorsWriter<float[]> vectors;
    private int[] stamps = new int[8];
    private int count;

    CellFieldWriter(FieldInfo field, CellLayout layout, FlatFieldVectorsWriter<float[]> vectors) {
        this.field = field;
        this.layout = layout;
        this.vectors = vectors;
    }

    @Override
    public void addValue(int docId, float[] vector) throws IOException {
        int stamp = layout.hasPostings() ? layout.stamp(vector) : 0;
        vectors.addValue(docId, vector);
        stamps = ArrayUtil.grow(stamps, count + 1);
        stamps[count++] = stamp;
    }

    @Override
    public float[] copyValue(float[] vector) {
        return vectors.copyValue(vector);
    }

    FieldInfo field() {
        return field;
    }

    CellLayout layout() {
        return layout;
    }

    int count() {
        return count;
    }

    /** The stamps and buffered vectors of the segment to be flushed, in its final order. */
    DocStamps stampsByDoc(int maxDoc, Sorter.@Nullable DocMap sortMap) throws IOException {
        DocStamps docStamps = new DocStamps(maxDoc);
        DocIdSetIterator docs = vectors.getDocsWithFieldSet().iterator();
        int ordinal = 0;
        for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
            docStamps.set(sortMap == null ? doc : sortMap.oldToNew(doc), stamps[ordinal], ordinal);
            ordinal++;
        }
        return docStamps;
    }

    /** The vectors in the order in which they were added. */
    List<float[]> vectors() {
        return vectors.getVectors();
    }

    /** Of the stamps alone; Lucene's flat writer counts the vectors. */
    @Override
    public long ramBytesUsed() {
        return RamUsageEstimator.sizeOf(stamps);
    }
}
