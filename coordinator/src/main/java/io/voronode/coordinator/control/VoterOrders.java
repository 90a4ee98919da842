package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.VoronodeException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells leaders of partitions who shall vote from now on: again and again until they report so, but each no more than once a second. Used by
 * the controller's thread only; what it remembers is for patience.
 */
final class VoterOrders {
    private static final Logger LOG = LoggerFactory.getLogger(VoterOrders.class);
    private static final long AGAIN_MS = 1_000;

    private final Map<Integer, Long> orderedAtMs = new HashMap<>();

    /**
     * Sends the order, unless it was sent a moment ago.
     *
     * @param present what the leader must still have: the voters of this target
     * @param wanted the peers that it shall have
     */
    void send(Pass pass, PartitionTarget present, PartitionTarget wanted) {
        int partition = present.getPartition();
        pass.lookAgainSoon();
        Long last = orderedAtMs.get(partition);
        if (last != null && pass.tickMs() - last < AGAIN_MS) {
            return;
        }
        orderedAtMs.put(partition, pass.tickMs());
        try {
            pass.orders()
                    .changePeers(
                            pass.reports(),
                            ChangePeersRequest.newBuilder()
                                    .setPartition(partition)
                                    .addAllExpectedVoters(Peers.voterIds(present))
                                    .addAllPeers(wanted.getPeersList())
                                    .setPreferredLeader(wanted.getPreferredLeader()));
        } catch (VoronodeException e) {
            LOG.info("partition {} did not take the order to change its voters: {}", partition, e.getMessage());
        }
    }

    /** None waits for an order any more. */
    void forget() {
        orderedAtMs.clear();
    }

    /** The partition waits for no order any more: the next one is sent at once. */
    void forget(int partition) {
        orderedAtMs.remove(partition);
    }
}
