package io.voronode.coordinator.write;

import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.Stamp;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A write that a partition has applied, or has refused by its condition, which changes nothing but tells what the caller then knows.
 *
 * @param position where in the partition's log
 * @param gained stamps of the new state
 * @param lost stamps of the state before
 */
record Applied(Position position, Collection<Stamp> gained, Collection<Stamp> lost) {
    Applied {
        gained = List.copyOf(gained);
        lost = List.copyOf(lost);
    }

    /** The shards of a generation in which searches see a difference. */
    Set<Integer> shards(int generation) {
        Set<Integer> shards = new HashSet<>();
        for (Collection<Stamp> stamps : List.of(gained, lost)) {
            for (Stamp stamp : stamps) {
                if (stamp.getGeneration() == generation) {
                    shards.add(stamp.getShard());
                }
            }
        }
        return shards;
    }
}
