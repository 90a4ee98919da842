package io.voronode.coordinator.control;

import com.google.protobuf.Message;
import io.voronode.coordinator.zookeeper.ZooKeeperErrors;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** The znodes in which users say what they want of the cluster, as they are now; any coordinator writes them, by compare-and-set. Any thread; blocks. */
final class ClusterOrders {
    private static final int MAX_ATTEMPTS = 20;

    private final CuratorFramework client;
    private final ClusterTree paths;

    ClusterOrders(CuratorFramework client, ClusterTree paths) {
        this.client = client;
        this.paths = paths;
    }

    /**
     * Changes what may be placed on a node.
     *
     * @param change may be called several times; what it throws is passed on
     * @throws NotFound if no node has this name
     */
    void changeNode(String node, UnaryOperator<NodeRegistration> change) {
        change(paths.registeredNode(node), NodeRegistration.getDefaultInstance(), registration -> {
            if (registration.getNode().isEmpty()) {
                throw new NotFound("there is no node \"" + node + "\"");
            }
            return change.apply(registration);
        });
    }

    /** Changes whether and how replicas move. Returns what is in force from now on. */
    MovementSettings changeMovement(UnaryOperator<MovementSettings> change) {
        return change(paths.movement(), MovementSettings.getDefaultInstance(), change);
    }

    @SuppressWarnings("unchecked") // a builder of a message builds that message
    private <M extends Message> M change(String path, M absent, UnaryOperator<M> change) {
        TreeFolders.requireKnownLayout(client, paths);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                Stat stat = client.checkExists().forPath(path);
                M present = stat == null
                        ? absent
                        : (M) ClusterTree.decode(
                                        path,
                                        client.getData().storingStatIn(stat).forPath(path),
                                        absent.newBuilderForType())
                                .build();
                M next = change.apply(present);
                if (!next.equals(present)) {
                    write(path, stat, ClusterTree.encode(next));
                }
                return next;
            } catch (KeeperException.BadVersionException | KeeperException.NodeExistsException e) {
                // Somebody else was faster.
            } catch (KeeperException.NoNodeException e) {
                throw new Unavailable("the cluster tree is gone, or has not been made: " + path, e);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw ZooKeeperErrors.translate("changing " + path, e);
            }
        }
        throw new Overload(path + " is changed by others all the time", Duration.ofMillis(100));
    }

    private void write(String path, @Nullable Stat present, byte[] content) throws Exception {
        if (present == null) {
            client.create().forPath(path, content);
        } else {
            client.setData().withVersion(present.getVersion()).forPath(path, content);
        }
    }
}
