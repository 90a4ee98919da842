package io.voronode.coordinator.rows;

import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.Collection;
import java.util.List;

/**
 * What a read must contain. EVENTUAL: nothing. SESSION: what the token has seen. STRONG: all that was acknowledged before the call;
 * a barrier is committed through the log of each partition that is read, which fails UNAVAILABLE without a majority.
 *
 * <p>A token can speak of what is no more, after the disks of a cluster were set back. No replica will reach such a position, so where a
 * read has waited for one in vain, a barrier tells whether it can be reached at all.
 */
public final class Freshness {
    private final PartitionRouter partitions;

    public Freshness(PartitionRouter partitions) {
        this.partitions = partitions;
    }

    /** The positions that a read of these partitions must contain, as a token. */
    public SessionToken required(ConsistencyLevel level, SessionToken token, Collection<Integer> read) {
        return switch (level) {
            case CONSISTENCY_LEVEL_EVENTUAL -> token.nothing();
            case CONSISTENCY_LEVEL_UNSPECIFIED, CONSISTENCY_LEVEL_SESSION -> token;
            case CONSISTENCY_LEVEL_STRONG -> token.plus(Fanout.map(List.copyOf(read), p -> barrier(p, token)));
            case UNRECOGNIZED -> throw new BadInput("unknown consistency level");
        };
    }

    private Position barrier(int partition, SessionToken token) {
        Position barrier = partitions.barrier(partition);
        Position seen = token.position(partition);
        if (seen != null) {
            requireReached(seen, barrier);
        }
        return barrier;
    }

    /**
     * Fails if one of these positions, for which a read has waited in vain, will not be reached. Says nothing where no barrier can be
     * committed.
     *
     * @throws Conflict if the partition is not as far, or has another history
     */
    public void requireReachable(Collection<Position> awaited) {
        Fanout.map(List.copyOf(awaited), position -> partitions.tryBarrier(position.getPartition()))
                .forEach(barrier -> barrier.ifPresent(reached -> awaited.stream()
                        .filter(position -> position.getPartition() == reached.getPartition())
                        .forEach(position -> requireReached(position, reached))));
    }

    /** A barrier has a higher index than every entry that was committed before it. */
    private static void requireReached(Position awaited, Position barrier) {
        if (!awaited.getLineage().equals(barrier.getLineage())) {
            throw new Conflict(
                    Reason.OTHER_LINEAGE,
                    "the session token is of another history of partition " + awaited.getPartition());
        }
        if (Long.compareUnsigned(awaited.getIndex(), barrier.getIndex()) > 0) {
            throw new Conflict(
                    Reason.FUTURE_POSITION,
                    "the session token has seen partition " + awaited.getPartition() + " at "
                            + Long.toUnsignedString(awaited.getIndex()) + ", which is only at " + barrier.getIndex());
        }
    }
}
