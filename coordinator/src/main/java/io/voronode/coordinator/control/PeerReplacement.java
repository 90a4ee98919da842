package io.voronode.coordinator.control;

import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces voters that will not come back as they were: their node has another disk now, or found the files of the partition damaged. The
 * node itself says so; that it does not answer is no reason.
 *
 * <pre>
 *   {A, B, C} ──C is lost: order──► the leader counts {A, B} ──let in──► {A, B, C' joining} ──{@link ReplicationGrowth}──► {A, B, C'}
 * </pre>
 *
 * <ol>
 *   <li>Order: the leader is told to go on without the voter; again and again until it reports so. Without a majority of the others there
 *       is no leader, and nothing changes: a lone copy is never replaced.
 *   <li>Let in: only then the target gets the same node's peer once more, joining, under the disk's present id and with the {@code rejoin} that
 *       the node asks for. The node gives up the damaged files for nothing less, so that no voter ever is without its past.
 * </ol>
 *
 * At most {@value #MAX_UNDER_WAY} partitions are filled at the same time. Used by the controller's thread only; what it remembers is for
 * patience.
 */
final class PeerReplacement implements ClusterStep {
    static final int MAX_UNDER_WAY = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PeerReplacement.class);

    private final VoterOrders orders = new VoterOrders();

    @Override
    public void run(Pass pass) {
        long underWay = pass.tree().partitions().values().stream()
                .filter(target -> Peers.joining(target.value()).isPresent())
                .count();
        for (Versioned<PartitionTarget> target : pass.tree().partitions().values()) {
            Optional<PartitionPeer> lost = Peers.lost(pass.reports(), target.value());
            if (lost.isPresent() && underWay < MAX_UNDER_WAY) {
                underWay++;
                replace(pass, target, lost.get());
            }
        }
    }

    private void replace(Pass pass, Versioned<PartitionTarget> target, PartitionPeer lost) {
        int partition = target.value().getPartition();
        List<PartitionPeer> others = target.value().getPeersList().stream()
                .filter(peer -> !peer.equals(lost))
                .toList();
        PartitionTarget without =
                target.value().toBuilder().clearPeers().addAllPeers(others).build();
        Set<String> voters = pass.reports().voters(partition);
        if (voters.isEmpty()) {
            // No leader says who votes; without the only copy there would be none either.
            return;
        }
        if (voters.equals(Set.copyOf(Peers.voterIds(without)))) {
            letIn(pass, target, without, lost);
        } else if (voters.equals(Set.copyOf(Peers.voterIds(target.value())))) {
            orders.send(pass, target.value(), without);
        }
    }

    private void letIn(Pass pass, Versioned<PartitionTarget> target, PartitionTarget without, PartitionPeer lost) {
        int partition = without.getPartition();
        orders.forget(partition);
        PartitionTarget next = Peers.joiningOn(pass, lost.getNode(), partition)
                .map(peer -> without.toBuilder().addPeers(peer).build())
                .orElse(without);
        LOG.warn("partition {}: the peer on node \"{}\" was lost; it joins anew", partition, lost.getNode());
        pass.retarget(target, next, "replacing a lost peer of");
    }
}
