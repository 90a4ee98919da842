package io.voronode.shardnode.membership;

import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.shardnode.cells.PartitionDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds partitions by the last assignment: this node first when it holds the partition, then the preferred leader, then the others. A
 * replica that is still joining is not named, here neither: it may lack rows. Any thread.
 */
public final class AssignedDirectory implements PartitionDirectory {
    private final String node;
    private final Supplier<String> ownAddress;
    private final Supplier<AssignRequest> assignment;

    /** The own address may have changed since the assignment was made, so it is given apart. */
    public AssignedDirectory(String node, Supplier<String> ownAddress, Supplier<AssignRequest> assignment) {
        this.node = node;
        this.ownAddress = ownAddress;
        this.assignment = assignment;
    }

    @Override
    public List<String> rpcAddresses(int partition) {
        AssignRequest current = assignment.get();
        for (PartitionTarget target : current.getAllPartitionsList()) {
            if (target.getPartition() == partition) {
                return addresses(target, current);
            }
        }
        return List.of();
    }

    private List<String> addresses(PartitionTarget target, AssignRequest current) {
        List<String> addresses = new ArrayList<>();
        for (PartitionPeer peer : target.getPeersList()) {
            if (peer.getJoining()) {
                continue;
            }
            String address = addressOf(peer.getNode(), current);
            if (peer.getNode().equals(node)) {
                addresses.addFirst(address);
            } else if (!address.isEmpty() && peer.getNode().equals(target.getPreferredLeader())) {
                addresses.add(addresses.contains(ownAddress.get()) ? 1 : 0, address);
            } else if (!address.isEmpty()) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private String addressOf(String name, AssignRequest current) {
        if (name.equals(node)) {
            return ownAddress.get();
        }
        return current.getNodesList().stream()
                .filter(live -> live.getNode().equals(name))
                .map(NodeLiveness::getEndpoints)
                .map(endpoints -> endpoints.getRpc())
                .findFirst()
                .orElse("");
    }
}
