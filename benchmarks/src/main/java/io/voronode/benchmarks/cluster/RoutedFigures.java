package io.voronode.benchmarks.cluster;

/**
 * What searches cost on so many nodes; all figures are means of a query unless they say otherwise.
 *
 * @param nodes shard nodes
 * @param recall of the k nearest
 * @param shards asked
 * @param codes scanned
 * @param refined of those, with more bits
 * @param vectors compared
 * @param heaviestShare queries that the most asked shard takes part in, as a multiple of the mean of all shards
 * @param one one query a call
 * @param batched many queries a call
 */
record RoutedFigures(
        int nodes,
        double recall,
        double shards,
        double codes,
        double refined,
        double vectors,
        double heaviestShare,
        Calls one,
        Calls batched) {

    /**
     * Calls of one size, one after the other.
     *
     * @param queriesPerSecond of wall time
     * @param p50Ms half of the calls were answered within
     * @param p99Ms 99 of 100 were
     * @param engineMicros processor time of the engine: cells ranked and scanned
     * @param outsideMicros processor time of coordinator and nodes beside that and what they use when nobody asks
     * @param bytes moved between coordinator and nodes, both ways
     */
    record Calls(
            double queriesPerSecond,
            double p50Ms,
            double p99Ms,
            double engineMicros,
            double outsideMicros,
            double bytes) {}
}
