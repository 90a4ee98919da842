package io.voronode.benchmarks.server;

import java.util.OptionalDouble;

/**
 * What one load showed.
 *
 * @param scenario its name
 * @param load what was loaded
 * @param nodes shard nodes in the process; with three, each record is kept three times
 * @param durableSeconds from the first record sent to the last acknowledged
 * @param searchableSeconds from the first record sent until the last is found by search and no index is being built
 * @param processorSeconds of the whole process by then
 * @param generations index generations that were built meanwhile
 * @param trainedRecords records that there were when the serving generation was trained
 * @param written by then
 * @param rewritten by one more generation, trained on request
 * @param memory of the process at the end
 * @param restartSeconds from the start after a kill to the first search over all cells; empty where it was not tried
 */
record IngestFigures(
        String scenario,
        IngestLoad load,
        int nodes,
        double durableSeconds,
        double searchableSeconds,
        double processorSeconds,
        int generations,
        long trainedRecords,
        WrittenBytes written,
        WrittenBytes rewritten,
        Memory memory,
        OptionalDouble restartSeconds) {

    /**
     * Of the whole process: coordinator, shard nodes and ZooKeeper.
     *
     * @param heapBytes of the Java heap, committed
     * @param nativeBytes resident beside it, and not of a file
     * @param mappedBytes resident of files
     */
    record Memory(long heapBytes, long nativeBytes, long mappedBytes) {}

    double recordsPerSecond() {
        return load.records() / durableSeconds;
    }

    /** Bytes of all vectors as they came. */
    long vectorBytes() {
        return (long) load.records() * load.dimension() * Float.BYTES;
    }
}
