package io.voronode.engine.codec;

import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/** Lucene's search entry, answered by comparing every accepted vector. Stateless. */
final class ExactScan {

    /** Ordinals between two looks at the collector's limits. */
    private static final int BATCH = 64;

    private ExactScan() {}

    static void floats(
            FlatVectorsReader vectors,
            String field,
            @Nullable CellFieldMeta meta,
            float[] query,
            KnnCollector collector,
            AcceptDocs accept)
            throws IOException {
        if (meta != null && meta.vectorCount() == 0) {
            return;
        }
        RandomVectorScorer scorer = meta != null && meta.metric() == Metric.MANHATTAN
                ? new ManhattanScorer(vectors.getFloatVectorValues(field), query)
                : vectors.getRandomVectorScorer(field, query);
        scan(scorer, collector, accept);
    }

    static void bytes(FlatVectorsReader vectors, String field, byte[] query, KnnCollector collector, AcceptDocs accept)
            throws IOException {
        if (vectors.getByteVectorValues(field).size() > 0) {
            scan(vectors.getRandomVectorScorer(field, query), collector, accept);
        }
    }

    private static void scan(RandomVectorScorer scorer, KnnCollector collector, AcceptDocs accept) throws IOException {
        if (collector.k() == 0) {
            return;
        }
        Bits accepted = scorer.getAcceptOrds(accept.bits());
        int[] ordinals = new int[BATCH];
        float[] scores = new float[BATCH];
        int filled = 0;
        for (int ordinal = 0; ordinal < scorer.maxOrd() && !collector.earlyTerminated(); ordinal++) {
            if (accepted == null || accepted.get(ordinal)) {
                ordinals[filled++] = ordinal;
            }
            if (filled == BATCH) {
                score(scorer, ordinals, scores, filled, collector);
                filled = 0;
            }
        }
        if (!collector.earlyTerminated()) {
            score(scorer, ordinals, scores, filled, collector);
        }
    }

    private static void score(
            RandomVectorScorer scorer, int[] ordinals, float[] scores, int count, KnnCollector collector)
            throws IOException {
        if (count == 0) {
            return;
        }
        collector.incVisitedCount(count);
        if (scorer.bulkScore(ordinals, scores, count) > collector.minCompetitiveSimilarity()) {
            for (int i = 0; i < count; i++) {
                collector.collect(scorer.ordToDoc(ordinals[i]), scores[i]);
            }
        }
    }

    /** L1, which Lucene's own scorers do not know. */
    private static final class ManhattanScorer extends RandomVectorScorer.AbstractRandomVectorScorer {

        private final FloatVectorValues values;
        private final float[] query;

        ManhattanScorer(FloatVectorValues values, float[] query) {
            super(values);
            this.values = values;
            this.query = query;
        }

        @Override
        public float score(int ordinal) throws IOException {
            float distance = Distances.distance(Metric.MANHATTAN, query, values.vectorValue(ordinal));
            return Distances.score(Metric.MANHATTAN, distance);
        }
    }
}
