package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.SamplePart;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and stores the cell map of one generation: sample rows of all partitions, train, keep the map as a blob in one partition's log. Runs on
 * the trainer's thread and changes nothing in the tree; a blob that nobody refers to does no harm.
 */
final class CellTrainingJob {
    private static final Logger LOG = LoggerFactory.getLogger(CellTrainingJob.class);
    /** Part of the heap that a sample may take; training copies it once. */
    private static final int HEAP_FRACTION = 8;

    private final Pass pass;
    private final RowSampler sampler;
    private final CollectionSpec spec;
    private final int generation;

    /** The pass says where rows are and takes the orders. */
    CellTrainingJob(Pass pass, RowSampler sampler, CollectionSpec spec, int generation) {
        this.pass = pass;
        this.sampler = sampler;
        this.spec = spec;
        this.generation = generation;
    }

    TrainedMap run(TrainingTicket ticket) {
        long rows = pass.reports()
                .liveRows(spec.getUuid(), pass.tree().partitionCount())
                .orElseThrow(() -> new Unavailable("not every partition has a leader to sample"));
        long start = System.nanoTime();
        CellMap map = train(rows, ticket);
        long trained = System.nanoTime();
        byte[] encoded = map.encode();
        ByteString digest = CellMapStore.digestOf(map);
        int partition = BlobStore.put(pass, encoded, digest, (chunk, chunks) -> {
            ticket.throwIfCancelled();
            ticket.storing(chunk, chunks);
        });
        LOG.info(
                "trained generation {} of collection \"{}\": {} in {} ms, stored {} bytes in {} ms",
                generation,
                spec.getName(),
                map,
                (trained - start) / 1_000_000,
                encoded.length,
                (System.nanoTime() - trained) / 1_000_000);
        return new TrainedMap(digest, partition, map.cellCount(), map.shardCount(), map.imbalance(), rows);
    }

    private CellMap train(long rows, TrainingTicket ticket) {
        long sampleBytes = Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
        TrainingPolicy.Plan plan =
                TrainingPolicy.plan(spec, rows, pass.candidates().size(), sampleBytes);
        if (plan.sample() == 0) {
            return CellMapStore.single(spec);
        }
        long seed = spec.getUuid().hashCode() * 31L + generation;
        float[][] sample = sample((int) Math.min(rows, plan.sample()), seed, ticket);
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        CellTraining training = new CellTraining(
                Metric.ofWireNumber(spec.getMetric()), spec.getDimension(), plan.cells(), plan.shards(), seed, threads);
        boolean product = IndexKind.ofWireNumber(spec.getIndexKind()) == IndexKind.IVF_PQ;
        return CellTrainer.train(sample, product ? training.withProductQuantizer() : training, ticket);
    }

    private float[][] sample(int count, long seed, TrainingTicket ticket) {
        SampleRequest wanted = SampleRequest.newBuilder()
                .setCollectionUuid(spec.getUuid())
                .setCount(count)
                .setSeed(seed)
                .setPart(SamplePart.SAMPLE_PART_TRAINING)
                .build();
        List<float[]> vectors = new ArrayList<>(count);
        ticket.sampling(0, count);
        sampler.sample(pass, wanted, batch -> {
            ticket.throwIfCancelled();
            batch.getVectorsList().forEach(vector -> vectors.add(VectorBytes.unpack(vector)));
            ticket.sampling(vectors.size(), count);
        });
        return vectors.subList(0, Math.min(count, vectors.size())).toArray(float[][]::new);
    }
}
