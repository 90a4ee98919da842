package io.voronode.coordinator.control;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A random sample of a collection's rows, from every partition in proportion to its rows. Any thread; blocks. */
final class RowSampler {
    private static final long TIMEOUT_SECONDS = 120;

    private final Channels channels;

    RowSampler(Channels channels) {
        this.channels = channels;
    }

    /**
     * Reads about as many rows as wanted, somewhat more where shares are rounded up; the same for the same rows and seed.
     *
     * @param wanted of all partitions together
     * @param batches takes the rows; what it throws ends the sampling
     */
    void sample(Pass pass, SampleRequest wanted, Consumer<SampleResponse> batches) {
        int partitions = pass.tree().partitionCount();
        long rows = Math.max(
                1,
                pass.reports().liveRows(wanted.getCollectionUuid(), partitions).orElse(0));
        for (int partition = 0; partition < partitions; partition++) {
            long own = pass.reports()
                    .collection(partition, wanted.getCollectionUuid())
                    .map(PartitionCollectionStatus::getLiveRows)
                    .orElse(0L);
            int share = (int) Math.ceilDiv(wanted.getCount() * own, rows);
            if (share > 0) {
                SampleRequest part = wanted.toBuilder()
                        .setPartition(partition)
                        .setCount(share)
                        .build();
                read(leader(pass, partition), part, batches);
            }
        }
    }

    private static NodeLiveness leader(Pass pass, int partition) {
        return pass.reports()
                .leaderNode(partition)
                .map(node -> pass.tree().live().get(node))
                .orElseThrow(() -> new Unavailable("partition " + partition + " has no leader to sample"));
    }

    private void read(NodeLiveness node, SampleRequest request, Consumer<SampleResponse> batches) {
        Context.CancellableContext call = Context.current().withCancellation();
        Context before = call.attach();
        try {
            Iterator<SampleResponse> responses = PartitionServiceGrpc.newBlockingStub(
                            channels.to(node.getEndpoints().getRpc()))
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .sample(request);
            while (responses.hasNext()) {
                batches.accept(responses.next());
            }
        } catch (StatusRuntimeException e) {
            throw Statuses.fromGrpc(e);
        } finally {
            // Ends the stream where it was left early.
            call.detach(before);
            call.cancel(null);
        }
    }
}
