package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.Comparator;
import java.util.List;

/** Who should lead partitions. Pure. */
final class Leaders {
    private Leaders() {}

    /**
     * The target with a preferred leader among these nodes: as it is, if it is one of them, or else the one that should lead the fewest other
     * partitions.
     *
     * @param nodes that hold peers of it; at least one
     */
    static PartitionTarget ensure(Pass pass, PartitionTarget.Builder target, List<String> nodes) {
        if (!nodes.contains(target.getPreferredLeader())) {
            target.setPreferredLeader(nodes.stream()
                    .min(Comparator.<String>comparingLong(node -> preferring(pass, node))
                            .thenComparing(Comparator.naturalOrder()))
                    .orElseThrow());
        }
        return target.build();
    }

    private static long preferring(Pass pass, String node) {
        return pass.tree().partitions().values().stream()
                .map(Versioned::value)
                .filter(target -> target.getPreferredLeader().equals(node))
                .count();
    }
}
