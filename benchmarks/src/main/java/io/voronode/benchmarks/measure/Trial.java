package io.voronode.benchmarks.measure;

import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.Found;
import io.voronode.benchmarks.index.MeasuredIndex;
import io.voronode.benchmarks.meter.CpuTimer;
import java.io.IOException;
import java.util.Arrays;

/**
 * One index with one effort, measured in as many rounds as it is asked for. Owned by the thread that searches; recall and
 * bytes are the same in every round, so they are measured once, when it is made.
 */
final class Trial {

    private final MeasuredIndex index;
    private final Workload workload;
    private final int k;
    private final int effort;
    private final double recall;
    private final double bytesPerQuery;

    private double[] queriesPerCpuSecond = {};
    private double[] garbagePerQuery = {};
    private long[] wallNanos = {};

    private Trial(MeasuredIndex index, Workload workload, int k, int effort, double recall, double bytesPerQuery) {
        this.index = index;
        this.workload = workload;
        this.k = k;
        this.effort = effort;
        this.recall = recall;
        this.bytesPerQuery = bytesPerQuery;
    }

    /** Asks every query once for its recall. */
    static Trial of(MeasuredIndex index, Workload workload, GroundTruth truth, int k, int effort) throws IOException {
        float[][] queries = workload.queries();
        double recall = 0;
        double bytes = 0;
        for (int i = 0; i < queries.length; i++) {
            Found found = index.search(queries[i], k, effort);
            recall += truth.recall(i, found.rows(), k);
            bytes += found.bytesRead();
        }
        return new Trial(index, workload, k, effort, recall / queries.length, bytes / queries.length);
    }

    double recall() {
        return recall;
    }

    /** Asks every query once for its speed. */
    void round() throws IOException {
        float[][] queries = workload.queries();
        long[] nanos = new long[queries.length];
        long allocated = CpuTimer.threadAllocatedBytes();
        long cpu = CpuTimer.threadNanos();
        for (int i = 0; i < queries.length; i++) {
            long start = System.nanoTime();
            index.search(queries[i], k, effort);
            nanos[i] = System.nanoTime() - start;
        }
        double cpuSeconds = (CpuTimer.threadNanos() - cpu) / 1e9;
        double garbage = (double) (CpuTimer.threadAllocatedBytes() - allocated) / queries.length;
        queriesPerCpuSecond = append(queriesPerCpuSecond, queries.length / cpuSeconds);
        garbagePerQuery = append(garbagePerQuery, garbage);
        wallNanos = append(wallNanos, nanos);
    }

    /** The median of the rounds so far, at least one. */
    Measured result() {
        long[] sorted = wallNanos.clone();
        Arrays.sort(sorted);
        return new Measured(
                workload.base().name(),
                index.facts().engine(),
                index.facts().kind(),
                index.facts().setting(effort),
                k,
                recall,
                median(queriesPerCpuSecond),
                micros(sorted, 0.50),
                micros(sorted, 0.99),
                index.facts().buildCpuSeconds(),
                index.facts().scanBytesPerVector(),
                bytesPerQuery,
                index.facts().indexBytes(),
                median(garbagePerQuery));
    }

    private static double micros(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e3;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double[] append(double[] values, double value) {
        double[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = value;
        return longer;
    }

    private static long[] append(long[] values, long[] more) {
        long[] longer = Arrays.copyOf(values, values.length + more.length);
        System.arraycopy(more, 0, longer, values.length, more.length);
        return longer;
    }
}
