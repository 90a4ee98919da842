package io.voronode.benchmarks.measure;

import org.jspecify.annotations.Nullable;

/**
 * One line of the result: an index searched with one setting. Figures that an engine cannot tell are null.
 *
 * @param setting the last word is the effort of the search, those before it are of the index
 * @param recall mean recall@k against exact search
 * @param queriesPerCpuSecond of one thread's processor time, median of the rounds
 * @param p50Micros wall time that half of the queries took at most
 * @param p99Micros wall time that 99 of 100 queries took at most
 * @param buildCpuSeconds of all threads
 * @param scanBytesPerVector that the first stage reads to compare one vector
 * @param bytesPerQuery all that a query reads of codes and vectors, on average
 * @param garbagePerQuery bytes allocated on the heap for a query, the result included
 */
public record Measured(
        String dataset,
        String engine,
        String kind,
        String setting,
        int k,
        double recall,
        double queriesPerCpuSecond,
        double p50Micros,
        double p99Micros,
        @Nullable Double buildCpuSeconds,
        @Nullable Double scanBytesPerVector,
        @Nullable Double bytesPerQuery,
        @Nullable Long indexBytes,
        @Nullable Double garbagePerQuery) {

    /** What the setting says of the index alone: measurements that share it differ in effort. */
    public String indexSetting() {
        int last = setting.lastIndexOf(' ');
        return last < 0 ? "" : setting.substring(0, last);
    }
}
