package io.voronode.coordinator.control;

import io.voronode.engine.clustering.CalibrationRun;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
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

/** A random sample of those rows of a collection that cells are not trained on, from every partition in proportion to its rows. Any thread; blocks. */
final class HeldOutRows {
    private static final long TIMEOUT_SECONDS = 120;

    private final Channels channels;

    HeldOutRows(Channels channels) {
        this.channels = channels;
    }

    /** About so many rows with their keys, normalised for COSINE; the same for the same rows and seed. */
    List<CalibrationRun.Row<String>> sample(Pass pass, CollectionSpec spec, int count, long seed) {
        int partitions = pass.tree().partitionCount();
        long rows =
                Math.max(1, pass.reports().liveRows(spec.getUuid(), partitions).orElse(0));
        List<CalibrationRun.Row<String>> sample = new ArrayList<>(count);
        for (int partition = 0; partition < partitions; partition++) {
            long own = pass.reports()
                    .collection(partition, spec.getUuid())
                    .map(PartitionCollectionStatus::getLiveRows)
                    .orElse(0L);
            int share = (int) Math.ceilDiv(count * own, rows);
            if (share > 0) {
                read(leader(pass, partition), request(partition, spec, share, seed), sample);
            }
        }
        if (spec.getMetric() == Metric.COSINE.wireNumber()) {
            sample.forEach(row -> Vectors.normalize(row.vector()));
        }
        return sample;
    }

    private static SampleRequest request(int partition, CollectionSpec spec, int count, long seed) {
        return SampleRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(spec.getUuid())
                .setCount(count)
                .setSeed(seed)
                .setPart(SamplePart.SAMPLE_PART_HELD_OUT)
                .setWithKeys(true)
                .build();
    }

    private static NodeLiveness leader(Pass pass, int partition) {
        return pass.reports()
                .leaderNode(partition)
                .map(node -> pass.tree().live().get(node))
                .orElseThrow(() -> new Unavailable("partition " + partition + " has no leader to sample"));
    }

    private void read(NodeLiveness node, SampleRequest request, List<CalibrationRun.Row<String>> sample) {
        try {
            Iterator<SampleResponse> batches = PartitionServiceGrpc.newBlockingStub(
                            channels.to(node.getEndpoints().getRpc()))
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .sample(request);
            while (batches.hasNext()) {
                SampleResponse batch = batches.next();
                for (int i = 0; i < batch.getVectorsCount(); i++) {
                    sample.add(new CalibrationRun.Row<>(batch.getKeys(i), VectorBytes.unpack(batch.getVectors(i))));
                }
            }
        } catch (RuntimeException e) {
            throw Statuses.fromGrpc(e);
        }
    }
}
