package io.voronode.client;

/** Told how a verification goes, by one thread of the client at a time. Each method does nothing unless it is overridden. */
public interface VerifyListener {
    /** One that wants to hear nothing. */
    VerifyListener NONE = new VerifyListener() {};

    /**
     * How far it is; called now and then.
     *
     * @param round 1, or 2 when everything is compared once more after a repair
     * @param compared records of this round
     * @param total live records
     */
    default void progress(int round, long compared, long total) {}

    /** Something is not as it should be. */
    default void difference(VerifyDifference difference) {}

    /**
     * A replica of a shard is built anew.
     *
     * @param done false when it begins, true when the replica serves again
     */
    default void repairing(int generation, int shard, String node, boolean done) {}
}
