package io.voronode.wire;

import io.voronode.proto.internal.v1.Position;

/** How positions in the log of one partition compare; servers and tokens must agree on it. Pure. */
public final class PositionOrder {
    private PositionOrder() {}

    /** The later of two. Of two lineages the earlier is history; which one it is they cannot tell, so the one that was seen last counts. */
    public static Position later(Position known, Position seen) {
        return reaches(known, seen) ? known : seen;
    }

    /** Whether all that is contained up to {@code wanted} is also contained up to {@code mark}. */
    public static boolean reaches(Position mark, Position wanted) {
        return mark.getPartition() == wanted.getPartition()
                && mark.getLineage().equals(wanted.getLineage())
                && Long.compareUnsigned(mark.getIndex(), wanted.getIndex()) >= 0;
    }
}
