package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.meter.CpuTimer;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import java.util.Arrays;

/**
 * Cells of a data set, and what they cost. One training serves all kinds of index over the same data, as each of them
 * would have trained the same; its cost counts for each.
 */
public record TrainedCells(CellMap map, double cpuSeconds) {

    /** Records a cell that a build over fixed data aims at. */
    private static final int ROWS_PER_CELL = 96;

    /** Vectors to train on, as the controller bounds them: a few seconds' worth, but so many a cell at least and at most. */
    private static final int COMFORTABLE_SAMPLE = 65_536;

    private static final int MIN_SAMPLE_PER_CELL = 64;
    private static final int MAX_SAMPLE_PER_CELL = 256;

    private static final int BATCH = 1_024;
    private static final long SEED = 1;

    /** How many cells fit the data. */
    public static int fitting(Dataset data) {
        return Math.max(1, Math.round((float) data.count() / ROWS_PER_CELL));
    }

    /** The cell of each row, found in batches as the partitions of a cluster do. */
    static int[] assign(CellMap map, Dataset data) {
        int[] cells = new int[data.count()];
        for (int from = 0; from < cells.length; from += BATCH) {
            int to = Math.min(cells.length, from + BATCH);
            int[] some = map.nearestCells(Arrays.asList(data.vectors()).subList(from, to));
            System.arraycopy(some, 0, cells, from, some.length);
        }
        return cells;
    }

    /**
     * Trains.
     *
     * @param cells how many; 0 for as many as fit the data
     * @param kind of the index that they are for
     */
    public static TrainedCells train(Dataset data, int cells, IndexKind kind) {
        int wanted = cells > 0 ? cells : fitting(data);
        int perCell = Math.clamp(COMFORTABLE_SAMPLE / wanted, MIN_SAMPLE_PER_CELL, MAX_SAMPLE_PER_CELL);
        double before = CpuTimer.processSeconds();
        CellTraining training = new CellTraining(
                data.metric(),
                data.dimension(),
                wanted,
                1,
                SEED,
                Runtime.getRuntime().availableProcessors());
        CellMap map = CellTrainer.train(
                data.sample(wanted * perCell, SEED).vectors(),
                kind == IndexKind.IVF_PQ ? training.withProductQuantizer() : training,
                () -> false);
        return new TrainedCells(map, CpuTimer.processSeconds() - before);
    }
}
