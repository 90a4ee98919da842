package io.voronode.client;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How an answer came to be.
 *
 * @param generation the generation that answered
 * @param cellsRanked cells of the generation that were ranked
 * @param waves one for each wave of cells
 * @param codesScanned codes scanned; 0 where the index has none
 * @param codesRefined of those, how many seemed near enough to be looked at with more bits
 * @param vectorsScanned vectors whose distance was computed
 * @param estimatedRecall the mean recall of searches that are planned like this one, by the calibration of the generation; empty where
 *     nprobe was given or nothing is calibrated
 * @param mode how the records were found
 * @param accepted records that match the filter, of the shards that were asked; empty without a filter
 * @param embedTime spent embedding the text; zero for vectors
 * @param rankTime spent ranking centroids
 * @param gatherTime spent waiting for shards
 * @param fetchTime spent fetching rows by key
 * @param totalTime from the start of the call to its answer, at the server
 */
public record Explanation(
        int generation,
        int cellsRanked,
        List<Wave> waves,
        long codesScanned,
        long codesRefined,
        long vectorsScanned,
        OptionalDouble estimatedRecall,
        SearchMode mode,
        OptionalLong accepted,
        Duration embedTime,
        Duration rankTime,
        Duration gatherTime,
        Duration fetchTime,
        Duration totalTime) {

    public Explanation {
        waves = List.copyOf(waves);
    }

    /**
     * One wave of cells.
     *
     * @param cells the cells, nearest first
     * @param shards what each asked shard did
     */
    public record Wave(List<Integer> cells, List<ShardWork> shards) {

        public Wave {
            cells = List.copyOf(cells);
            shards = List.copyOf(shards);
        }
    }

    /**
     * What one shard did in one wave.
     *
     * @param shard its number
     * @param node the node whose replica answered
     * @param cellsScanned cells that it scanned
     * @param codesScanned codes that it scanned; 0 where the index has none
     * @param codesRefined of those, how many seemed near enough to be looked at with more bits
     * @param vectorsScanned vectors that it compared
     * @param scanTime its own time
     * @param exactFiltered whether it compared all its records that match the filter, in place of the cells
     */
    public record ShardWork(
            int shard,
            String node,
            int cellsScanned,
            long codesScanned,
            long codesRefined,
            long vectorsScanned,
            Duration scanTime,
            boolean exactFiltered) {}
}
