package io.voronode.engine.codec;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.FieldInfo;

/** Layouts for fields of any dimension and similarity, as Lucene's test suite makes them. */
public final class TestLayouts {

    private static final Map<String, CellLayout> TRAINED = new ConcurrentHashMap<>();

    private TestLayouts() {}

    static CellVectorsFormat withoutMap(IndexKind kind) {
        return new CellVectorsFormat(field -> CellLayout.withoutMap(kind, metricOf(field), field.getVectorDimension()));
    }

    static CellVectorsFormat withCells(IndexKind kind, int cellCount) {
        return new CellVectorsFormat(field -> TRAINED.computeIfAbsent(
                kind + "/" + metricOf(field) + "/" + field.getVectorDimension() + "/" + cellCount,
                key -> layout(kind, map(metricOf(field), field.getVectorDimension(), cellCount), 0)));
    }

    /** As the public constructor makes it, with codes from so many vectors on. */
    public static CellVectorsFormat format(IndexKind kind, CellMap map, int minVectorsForCodes) {
        CellLayout layout = layout(kind, map, minVectorsForCodes);
        return new CellVectorsFormat(field -> layout);
    }

    static CellLayout layout(IndexKind kind, CellMap map, int minVectorsForCodes) {
        return CellLayout.of(kind, map, CodeLayout.of(kind, map, minVectorsForCodes));
    }

    static CellMap map(Metric metric, int dimension, int cellCount) {
        SplittableRandom random = new SplittableRandom(cellCount);
        float[][] sample = new float[cellCount * 8][dimension];
        for (float[] vector : sample) {
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) random.nextGaussian();
            }
        }
        return CellTrainer.train(
                sample, new CellTraining(metric, dimension, cellCount, 1, 1, 1).withProductQuantizer(), () -> false);
    }

    private static Metric metricOf(FieldInfo field) {
        return CellVectorsFormat.metric(field.getVectorSimilarityFunction());
    }
}
