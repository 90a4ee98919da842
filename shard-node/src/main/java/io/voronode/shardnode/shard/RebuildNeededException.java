package io.voronode.shardnode.shard;

/** The index cannot go on from where it is and must be built anew from the rows. Never leaves the package. */
final class RebuildNeededException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RebuildNeededException(String why) {
        super(why);
    }
}
