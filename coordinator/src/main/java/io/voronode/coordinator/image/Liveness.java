package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.wire.ClusterTree;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This coordinator's ephemeral znode: that it lives, where clients reach it, and which generations its image serves from. The znode
 * is made when the address is known. Safe for any thread; calls never wait for ZooKeeper.
 */
final class Liveness implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);

    private final CuratorFramework client;
    private final String path;
    private CoordinatorLiveness content;
    private @Nullable PersistentNode node;

    Liveness(CuratorFramework client, ClusterTree tree, String id) {
        this.client = client;
        this.path = tree.liveCoordinator(id);
        this.content = CoordinatorLiveness.newBuilder()
                .setCoordinator(id)
                .setVersion(SoftwareVersion.get())
                .build();
    }

    /** Makes the znode. */
    synchronized void announce(String address) {
        content = content.toBuilder().setAddress(address).build();
        if (node == null) {
            node = new PersistentNode(client, CreateMode.EPHEMERAL, false, path, ClusterTree.encode(content));
            node.start();
        } else {
            publish();
        }
    }

    /** Notes the generations that the image serves from. */
    synchronized void adopted(ClusterImage image) {
        Map<String, Integer> generations = new TreeMap<>();
        for (CollectionImage collection : image.collections().values()) {
            generations.put(hex(collection.spec().getUuid()), collection.serving());
        }
        if (!generations.equals(content.getAdoptedGenerationsMap())) {
            content = content.toBuilder()
                    .clearAdoptedGenerations()
                    .putAllAdoptedGenerations(generations)
                    .build();
            publish();
        }
    }

    private void publish() {
        PersistentNode present = node;
        if (present == null) {
            return;
        }
        try {
            present.setData(ClusterTree.encode(content));
        } catch (Exception e) {
            // Curator declares Exception. The node writes its newest data whenever it is connected again.
            LOG.info("coordinator liveness is written when ZooKeeper is back: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        if (node != null) {
            try {
                node.close();
            } catch (IOException e) {
                LOG.info("coordinator liveness ends with its session: {}", e.getMessage());
            }
        }
    }

    private static String hex(ByteString uuid) {
        return HexFormat.of().formatHex(uuid.toByteArray());
    }
}
