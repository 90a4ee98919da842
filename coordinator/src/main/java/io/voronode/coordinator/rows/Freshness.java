package io.voronode.coordinator.rows;

import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.wire.VoronodeException.BadInput;
import java.util.Collection;
import java.util.List;

/**
 * What a read must contain. EVENTUAL: nothing. SESSION: what the token has seen. STRONG: all that was acknowledged before the call;
 * a barrier is committed through the log of each partition that is read, which fails UNAVAILABLE without a majority.
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
            case CONSISTENCY_LEVEL_STRONG -> token.plus(barriers(read));
            case UNRECOGNIZED -> throw new BadInput("unknown consistency level");
        };
    }

    private List<Position> barriers(Collection<Integer> read) {
        return Fanout.map(List.copyOf(read), this::barrier);
    }

    private Position barrier(int partition) {
        BarrierRequest request =
                BarrierRequest.newBuilder().setPartition(partition).build();
        return partitions.leader(partition, stub -> stub.barrier(request)).getPosition();
    }
}
