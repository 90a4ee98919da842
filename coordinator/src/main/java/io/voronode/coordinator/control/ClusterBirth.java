package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.wire.ClusterTree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the cluster, once: as soon as enough nodes live, {@code format} is written with a new uuid and the number of partitions,
 * which never change again.
 */
final class ClusterBirth implements ClusterStep {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBirth.class);

    private final int partitionCount;
    private final int nodesAwaited;

    ClusterBirth(int partitionCount, int nodesAwaited) {
        this.partitionCount = partitionCount;
        this.nodesAwaited = nodesAwaited;
    }

    @Override
    public void run(Pass pass) {
        if (pass.tree().format() != null) {
            return;
        }
        if (pass.candidates().size() < nodesAwaited) {
            pass.lookAgainSoon();
            return;
        }
        if (!pass.reports().byNode().keySet().containsAll(pass.tree().live().keySet())) {
            // One that is silent may hold rows.
            pass.lookAgainSoon();
            return;
        }
        // Nodes that hold rows: the tree is lost or another cluster's. A new cluster in its place would hide the rows.
        pass.reports().requireNoPartitions("the cluster tree is empty", "no cluster is made over them");
        ClusterFormat made = ClusterFormat.newBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION)
                .setClusterUuid(Uuids.random())
                .setPartitionCount(partitionCount)
                .build();
        pass.fence().change().create(pass.paths().format(), made).commit("making the cluster");
        LOG.info("made cluster {} with {} partitions", Uuids.hex(made.getClusterUuid()), partitionCount);
    }
}
