package io.voronode.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.voronode.proto.internal.v1.ClusterFormat;
import java.nio.charset.StandardCharsets;

/**
 * Paths of the znodes of one cluster, and their content as protobuf JSON (cluster_tree.proto says which message lies
 * where). Never talks to ZooKeeper itself.
 *
 * <pre>
 * format                                        ClusterFormat
 * controller/latch                              of the leader latch
 * controller/epoch                              ControllerEpoch
 * movement                                      MovementSettings
 * nodes/registered/NODE                         NodeRegistration
 * nodes/live/NODE-INCARNATION                   NodeLiveness, ephemeral
 * coordinators/live/ID                          CoordinatorLiveness, ephemeral
 * partitions/P/target                           PartitionTarget
 * collections/C/config                          CollectionNode
 * collections/C/serving                         ServingNode
 * collections/C/generations/G                   GenerationNode
 * collections/C/generations/G/shards/S          ShardTarget
 * </pre>
 */
public record ClusterTree(String cluster) {
    /** No znode may be larger: ZooKeeper drops the connection of a writer of 1 MiB. */
    public static final int MAX_ZNODE_BYTES = 256 << 10;
    /** The layout that this code reads and writes. */
    public static final int LAYOUT_VERSION = 1;

    private static final JsonFormat.Printer PRINTER = JsonFormat.printer();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    public String root() {
        return "/voronode/" + cluster;
    }

    public String format() {
        return root() + "/format";
    }

    public String latch() {
        return root() + "/controller/latch";
    }

    public String epoch() {
        return root() + "/controller/epoch";
    }

    public String movement() {
        return root() + "/movement";
    }

    public String registeredNodes() {
        return root() + "/nodes/registered";
    }

    public String registeredNode(String node) {
        return registeredNodes() + "/" + node;
    }

    public String liveNodes() {
        return root() + "/nodes/live";
    }

    public String liveNode(String node, String incarnation) {
        return liveNodes() + "/" + node + "-" + incarnation;
    }

    public String liveCoordinators() {
        return root() + "/coordinators/live";
    }

    public String liveCoordinator(String coordinator) {
        return liveCoordinators() + "/" + coordinator;
    }

    public String partitions() {
        return root() + "/partitions";
    }

    public String partitionTarget(int partition) {
        return partitions() + "/" + partition + "/target";
    }

    public String collections() {
        return root() + "/collections";
    }

    public String collection(String name) {
        return collections() + "/" + name;
    }

    public String collectionConfig(String name) {
        return collection(name) + "/config";
    }

    public String serving(String name) {
        return collection(name) + "/serving";
    }

    public String generations(String name) {
        return collection(name) + "/generations";
    }

    public String generation(String name, int generation) {
        return generations(name) + "/" + generation;
    }

    public String shards(String name, int generation) {
        return generation(name, generation) + "/shards";
    }

    public String shard(String name, int generation, int shard) {
        return shards(name, generation) + "/" + shard;
    }

    /**
     * Nothing of a tree of a later layout may be read or written.
     *
     * @throws VoronodeException.BadInput if this program does not know the layout
     */
    public void requireKnownLayout(ClusterFormat format) {
        if (format.getLayoutVersion() > LAYOUT_VERSION) {
            throw new VoronodeException.BadInput("the tree of cluster \"" + cluster + "\" has layout version "
                    + format.getLayoutVersion() + ", this program knows only " + LAYOUT_VERSION
                    + ": use the version that wrote it");
        }
    }

    /**
     * The content of a znode.
     *
     * @throws VoronodeException.Bug if it would be larger than {@link #MAX_ZNODE_BYTES}
     */
    public static byte[] encode(Message message) {
        byte[] bytes = print(message).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_ZNODE_BYTES) {
            throw new VoronodeException.Bug(
                    message.getDescriptorForType().getName() + " of " + bytes.length + " bytes exceeds the limit of "
                            + MAX_ZNODE_BYTES + " bytes for a znode",
                    null);
        }
        return bytes;
    }

    private static String print(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Bug(
                    "cannot print " + message.getDescriptorForType().getName(), e);
        }
    }

    /**
     * Reads the content of a znode into a builder and returns it. Fields of later versions are ignored.
     *
     * @throws VoronodeException.Corruption if the content is not what belongs there
     */
    public static <B extends Message.Builder> B decode(String path, byte[] content, B builder) {
        try {
            PARSER.merge(new String(content, StandardCharsets.UTF_8), builder);
            return builder;
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Corruption(
                    "znode " + path + " does not hold a "
                            + builder.getDescriptorForType().getName(),
                    e);
        }
    }
}
