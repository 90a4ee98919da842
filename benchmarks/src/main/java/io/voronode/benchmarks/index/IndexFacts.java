package io.voronode.benchmarks.index;

/**
 * What an index is and what it cost.
 *
 * @param engine {@code voronode}, {@code lucene} or {@code jvector}
 * @param kind within the engine
 * @param setting with which it was built, such as {@code M=16 beam=100}
 * @param effortName the knob of a search: {@code nprobe} or {@code ef}
 * @param maxEffort beyond which more brings nothing
 * @param buildCpuSeconds processor time of all that building took, training included
 * @param scanBytesPerVector bytes that the first stage of a search reads to compare one vector
 * @param indexBytes of all its files
 */
public record IndexFacts(
        String engine,
        String kind,
        String setting,
        String effortName,
        int maxEffort,
        double buildCpuSeconds,
        double scanBytesPerVector,
        long indexBytes) {

    /** The setting of a whole search. */
    public String setting(int effort) {
        return setting + " " + effortName + "=" + effort;
    }
}
