package io.voronode.benchmarks.cluster;

import java.util.List;

/**
 * What clients notice when processes die.
 *
 * @param deaths of shard nodes
 * @param coordinatorDeaths of the coordinator that the client uses
 * @param searches answered by the cluster while that went on
 * @param failedSearches that were answered with an error or in part, after the client's own attempts
 * @param slowestSearchMs the longest of them
 */
record LossFigures(
        List<Death> deaths, List<Death> coordinatorDeaths, long searches, long failedSearches, double slowestSearchMs) {
    LossFigures {
        deaths = List.copyOf(deaths);
        coordinatorDeaths = List.copyOf(coordinatorDeaths);
    }

    /**
     * One kill -9.
     *
     * @param victim who died
     * @param searchSeconds from the kill until a search that was begun after it is answered
     * @param writesSeconds from the kill until writes to all partitions that were begun after that are acknowledged
     */
    record Death(String victim, double searchSeconds, double writesSeconds) {}

    static double medianWrites(List<Death> deaths) {
        double[] sorted =
                deaths.stream().mapToDouble(Death::writesSeconds).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
