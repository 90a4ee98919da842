package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.SamplePart;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A random sample of a collection's vectors, but for those held out, from every partition in proportion to its rows. Any thread; blocks. */
final class RowSampler {
    private static final long TIMEOUT_SECONDS = 120;

    private final Channels channels;

    RowSampler(Channels channels) {
        this.channels = channels;
    }

    /** Up to so many vectors; the same for the same rows and seed. Tells the ticket how many it has. */
    float[][] sample(Pass pass, CollectionSpec spec, int count, long seed, TrainingTicket ticket) {
        int partitions = pass.tree().partitionCount();
        long rows =
                Math.max(1, pass.reports().liveRows(spec.getUuid(), partitions).orElse(0));
        List<float[]> vectors = new ArrayList<>(count);
        ticket.sampling(0, count);
        for (int partition = 0; partition < partitions; partition++) {
            long own = pass.reports()
                    .collection(partition, spec.getUuid())
                    .map(PartitionCollectionStatus::getLiveRows)
                    .orElse(0L);
            int share = (int) Math.ceilDiv(count * own, rows);
            if (share > 0) {
                read(leader(pass, partition), request(partition, spec, share, seed), batch -> {
                    ticket.throwIfCancelled();
                    batch.forEach(vector -> vectors.add(VectorBytes.unpack(vector)));
                    ticket.sampling(vectors.size(), count);
                });
            }
        }
        return vectors.subList(0, Math.min(count, vectors.size())).toArray(float[][]::new);
    }

    private static SampleRequest request(int partition, CollectionSpec spec, int count, long seed) {
        return SampleRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(spec.getUuid())
                .setCount(count)
                .setSeed(seed)
                .setPart(SamplePart.SAMPLE_PART_TRAINING)
                .build();
    }

    private static NodeLiveness leader(Pass pass, int partition) {
        return pass.reports()
                .leaderNode(partition)
                .map(node -> pass.tree().live().get(node))
                .orElseThrow(() -> new Unavailable("partition " + partition + " has no leader to sample"));
    }

    private void read(NodeLiveness node, SampleRequest request, Consumer<List<ByteString>> batches) {
        Context.CancellableContext call = Context.current().withCancellation();
        Context before = call.attach();
        try {
            Iterator<SampleResponse> responses = PartitionServiceGrpc.newBlockingStub(
                            channels.to(node.getEndpoints().getRpc()))
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .sample(request);
            while (responses.hasNext()) {
                batches.accept(responses.next().getVectorsList());
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
