package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Corruption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the cluster, once: as soon as enough nodes live, {@code format} is written with a new uuid and the number of partitions,
 * which never change again. A tree of a later layout is not touched.
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
        ClusterFormat format = pass.tree().format();
        if (format != null) {
            requireKnownLayout(format);
            return;
        }
        if (pass.candidates().size() < nodesAwaited) {
            pass.lookAgainSoon();
            return;
        }
        ClusterFormat made = ClusterFormat.newBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION)
                .setClusterUuid(Uuids.random())
                .setPartitionCount(partitionCount)
                .build();
        pass.fence().change().create(pass.paths().format(), made).commit("making the cluster");
        LOG.info("made cluster {} with {} partitions", Uuids.hex(made.getClusterUuid()), partitionCount);
    }

    private static void requireKnownLayout(ClusterFormat format) {
        if (format.getLayoutVersion() > ClusterTree.LAYOUT_VERSION) {
            throw new Corruption(
                    "the cluster tree has layout version " + format.getLayoutVersion() + ", this coordinator knows "
                            + ClusterTree.LAYOUT_VERSION,
                    null);
        }
    }
}
