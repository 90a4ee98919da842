package io.voronode.systemtests.faults;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.DeleteAction;
import io.voronode.proto.internal.v1.FenceOrder;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.PartitionServiceGrpc.PartitionServiceBlockingStub;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;

/**
 * Calls of one node past all coordinators, which it has to refuse; none of them would change anything that the traffic knows of. Each answers
 * what the node said, and fails where it agreed. Any thread may use it.
 */
final class DirectCalls implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private final Channels channels = new Channels();
    private final String node;
    private final String address;

    DirectCalls(Scene scene, String node) {
        this.node = node;
        this.address = scene.cluster().nodeAddress(node);
    }

    /** A write of the leader, as far as it knows: it deletes what is not there. */
    String refusedWrite(int partition, String collectionUuid) {
        WriteRequest request = WriteRequest.newBuilder()
                .setPartition(partition)
                .setOperations(RequestOperations.newBuilder()
                        .setRequestId(bytes(UUID.randomUUID()))
                        .setCollectionUuid(bytes(UUID.fromString(collectionUuid)))
                        .addOperations(WriteOperation.newBuilder()
                                .setKey("never-there")
                                .setDelete(DeleteAction.getDefaultInstance())))
                .build();
        return refused("a write", () -> partitions().write(request));
    }

    /** What comes before every STRONG read. */
    String refusedBarrier(int partition) {
        BarrierRequest request =
                BarrierRequest.newBuilder().setPartition(partition).build();
        return refused("a barrier", () -> partitions().barrier(request));
    }

    /** What a controller of this epoch would tell the node that it should hold: nothing. */
    String refusedAssignment(long epoch) {
        AssignRequest request =
                AssignRequest.newBuilder().setEpoch(epoch).setNode(node).build();
        return refused(
                "an assignment of epoch " + epoch,
                () -> NodeServiceGrpc.newBlockingStub(channel())
                        .withDeadlineAfter(DEADLINE)
                        .assign(request));
    }

    /** An order in the name of this epoch to the leader of a partition. */
    String refusedOrder(int partition, long epoch) {
        ControlRequest request = ControlRequest.newBuilder()
                .setPartition(partition)
                .setCommand(ControlCommand.newBuilder().setEpoch(epoch).setFence(FenceOrder.getDefaultInstance()))
                .build();
        return refused("an order of epoch " + epoch, () -> partitions().control(request));
    }

    private PartitionServiceBlockingStub partitions() {
        return PartitionServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(DEADLINE);
    }

    private Channel channel() {
        return channels.to(address);
    }

    private String refused(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            return what + ": " + Statuses.fromGrpc(e);
        }
        throw new AssertionError(node + " agreed to " + what);
    }

    private static ByteString bytes(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip());
    }

    @Override
    public void close() {
        channels.close();
    }
}
