package io.voronode.benchmarks.measure;

/**
 * How a wanted recall was met.
 *
 * @param seed by which the queries were drawn
 * @param target the recall wanted
 * @param recall the mean recall that the queries had
 * @param cells scanned by a query on average
 * @param queriesPerCpuSecond of one thread's processor time
 * @param nprobe fixed number of cells that gives the same recall, between the two next to it
 * @param fixedQueriesPerCpuSecond with that number of cells, all else equal
 * @param calibrationCpuSeconds that calibrating took
 */
public record MetTarget(
        String dataset,
        String kind,
        long seed,
        int k,
        double target,
        double recall,
        double cells,
        double queriesPerCpuSecond,
        double nprobe,
        double fixedQueriesPerCpuSecond,
        double calibrationCpuSeconds) {

    /** Positive where more was found than wanted. */
    public double deviation() {
        return recall - target;
    }

    /** Processor time of a query over that of one with the fixed number of cells: below 1 is a saving. */
    public double cpuRatio() {
        return fixedQueriesPerCpuSecond / queriesPerCpuSecond;
    }
}
