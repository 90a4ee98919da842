package io.voronode.client;

/**
 * The outcome of a verification: of its last round, where there was more than one.
 *
 * @param compared records that were compared
 * @param differences of all replicas, those included that were not told one by one
 * @param unsettled records that were written so often that no two copies could be compared
 * @param repaired replicas of shards that were built anew
 * @param partitionReplicas replicas of partitions that were compared
 * @param shardReplicas replicas of shards that were compared
 */
public record VerifyReport(
        long compared, long differences, long unsettled, int repaired, int partitionReplicas, int shardReplicas) {

    /** Whether all copies are proven to say the same. */
    public boolean clean() {
        return differences == 0 && unsettled == 0;
    }
}
