package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.ServingNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ClusterTreeTest {
    private static final ClusterTree TREE = new ClusterTree("main");

    @Test
    void pathsLieBelowTheClustersRoot() {
        assertThat(TREE.shard("texts", 3, 7)).isEqualTo("/voronode/main/collections/texts/generations/3/shards/7");
        assertThat(TREE.liveNode("n1", "abc")).isEqualTo("/voronode/main/nodes/live/n1-abc");
    }

    @Test
    void contentIsJsonThatComesBack() {
        ServingNode serving = ServingNode.newBuilder().setGeneration(4).build();
        byte[] content = ClusterTree.encode(serving);
        assertThat(new String(content, StandardCharsets.UTF_8)).contains("\"generation\": 4");
        assertThat(ClusterTree.decode("x", content, ServingNode.newBuilder()).build())
                .isEqualTo(serving);
    }

    @Test
    void fieldsOfLaterVersionsAreIgnored() {
        byte[] content = "{\"generation\": 4, \"later\": true}".getBytes(StandardCharsets.UTF_8);
        assertThat(ClusterTree.decode("x", content, ServingNode.newBuilder()).getGeneration())
                .isEqualTo(4);
    }

    @Test
    void damagedContentNamesItsZnode() {
        assertThatThrownBy(() -> ClusterTree.decode(
                        "/some/path", "{".getBytes(StandardCharsets.UTF_8), ServingNode.newBuilder()))
                .isInstanceOf(VoronodeException.Corruption.class)
                .hasMessageContaining("/some/path");
    }

    @Test
    void contentThatZooKeeperWouldDropTheConnectionForIsRefused() {
        NodeRegistration large = NodeRegistration.newBuilder()
                .setNode("n".repeat(ClusterTree.MAX_ZNODE_BYTES))
                .build();
        assertThatThrownBy(() -> ClusterTree.encode(large))
                .isInstanceOf(VoronodeException.Bug.class)
                .hasMessageContaining("NodeRegistration");
    }
}
