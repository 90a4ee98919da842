package io.voronode.engine.clustering;

import io.voronode.engine.simd.Metric;

/**
 * What to train.
 *
 * @param cellCount the cells wanted; a sample with fewer distinct vectors gives fewer
 * @param shardCount the groups of cells wanted, at most one per cell
 * @param seed decides every random choice: one seed and sample, one map, whatever the number of threads
 * @param threads platform threads to use, the caller's included; 1 starts none
 * @param productQuantizer whether to train one too, for codes of kind IVF_PQ
 */
public record CellTraining(
        Metric metric, int dimension, int cellCount, int shardCount, long seed, int threads, boolean productQuantizer) {

    public CellTraining(Metric metric, int dimension, int cellCount, int shardCount, long seed, int threads) {
        this(metric, dimension, cellCount, shardCount, seed, threads, false);
    }

    public CellTraining {
        requirePositive("dimension", dimension);
        requirePositive("cell count", cellCount);
        requirePositive("shard count", shardCount);
        requirePositive("threads", threads);
    }

    public CellTraining withProductQuantizer() {
        return new CellTraining(metric, dimension, cellCount, shardCount, seed, threads, true);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " < 1");
        }
    }
}
