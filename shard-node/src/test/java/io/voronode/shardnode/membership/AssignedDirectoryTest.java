package io.voronode.shardnode.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssignedDirectoryTest {
    @Test
    void namesItselfFirstAndThenThePreferredLeader() {
        assertThat(addresses("c", peer("a"), peer("b"), peer("c"))).containsExactly("own", "rpc-b", "rpc-a");
    }

    @Test
    void namesNoReplicaThatIsStillJoiningItselfNeither() {
        PartitionPeer joining = peer("c").toBuilder().setJoining(true).build();

        assertThat(addresses("a", peer("a"), peer("b"), joining)).containsExactly("own", "rpc-b");
        assertThat(addresses("c", peer("a"), peer("b"), joining)).containsExactly("rpc-b", "rpc-a");
    }

    private static List<String> addresses(String node, PartitionPeer... peers) {
        AssignRequest.Builder assignment = AssignRequest.newBuilder()
                .addAllPartitions(
                        PartitionTarget.newBuilder().setPreferredLeader("b").addAllPeers(List.of(peers)));
        for (String name : List.of("a", "b", "c")) {
            assignment.addNodes(NodeLiveness.newBuilder()
                    .setNode(name)
                    .setEndpoints(Endpoints.newBuilder().setRpc("rpc-" + name)));
        }
        AssignRequest built = assignment.build();
        return new AssignedDirectory(node, () -> "own", () -> built).rpcAddresses(0);
    }

    private static PartitionPeer peer(String node) {
        return PartitionPeer.newBuilder().setNode(node).build();
    }
}
