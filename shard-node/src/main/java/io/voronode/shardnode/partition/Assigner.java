package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.Assignment;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VectorBytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives old rows their stamps for one generation: walks the heads in key order, finds the nearest cell of each row that has no stamp, and
 * proposes ASSIGN entries, one in flight while the next one is computed, so that writes are not starved. What it proposes for
 * a row that was written meanwhile is ignored by apply. Runs on the thread that calls it; keeps nothing, so the next leader
 * simply starts again.
 */
final class Assigner {
    private static final int BATCH_ROWS = 256;
    /** Views are kept short: a view holds back compaction and a snapshot install. */
    private static final int ROWS_PER_VIEW = 4_096;

    private final Supplier<RowView> views;
    private final Function<PartitionEntry.Builder, CompletableFuture<Proposal>> propose;
    private final CellMaps maps;
    private final BooleanSupplier leading;

    Assigner(
            Supplier<RowView> views,
            Function<PartitionEntry.Builder, CompletableFuture<Proposal>> propose,
            CellMaps maps,
            BooleanSupplier leading) {
        this.views = views;
        this.propose = propose;
        this.maps = maps;
        this.leading = leading;
    }

    /** The stamps of the next rows, and where the walk goes on; null at the end. */
    private record Batch(AssignBatch assign, @Nullable ByteString next) {}

    /** One walk over all rows, or until this replica leads no more. Returns the number of stamps proposed. */
    long assign(StoredCollection collection, StoredGeneration generation)
            throws InterruptedException, ExecutionException {
        CellMap map = maps.map(collection.getSpec(), generation.getCellMapDigest(), generation.getCellMapPartition());
        ByteString uuid = collection.getSpec().getUuid();
        ByteString from = ByteString.copyFrom(RowKeys.collection(uuid));
        CompletableFuture<?> inFlight = CompletableFuture.completedFuture(null);
        long proposed = 0;
        while (from != null && leading.getAsBoolean()) {
            Batch batch = nextBatch(uuid, generation.getGeneration(), map, from.toByteArray());
            inFlight.get();
            if (batch.assign.getAssignmentsCount() > 0) {
                inFlight = propose.apply(PartitionEntry.newBuilder().setAssign(batch.assign));
                proposed += batch.assign.getAssignmentsCount();
            }
            from = batch.next;
        }
        inFlight.get();
        return proposed;
    }

    private Batch nextBatch(ByteString uuid, int generation, CellMap map, byte[] from) {
        AssignBatch.Builder assign =
                AssignBatch.newBuilder().setCollectionUuid(uuid).setGeneration(generation);
        try (RowView view = views.get();
                RangeIterator heads = view.range(Family.HEADS, from, RowKeys.behind(RowKeys.collection(uuid)))) {
            byte[] next = from;
            for (int rows = 0; heads.valid(); rows++, heads.next()) {
                if (assign.getAssignmentsCount() == BATCH_ROWS || rows == ROWS_PER_VIEW) {
                    return new Batch(assign.build(), ByteString.copyFrom(next));
                }
                byte[] key = heads.key();
                StoredHead head = view.parse(StoredHead.parser(), heads.value());
                if (isUnstamped(head, generation)) {
                    assign.addAssignments(assignment(view, key, head, generation, map));
                }
                next = RowKeys.successor(key);
            }
            return new Batch(assign.build(), null);
        }
    }

    private static boolean isUnstamped(StoredHead head, int generation) {
        return head.getStampsList().stream().noneMatch(stamp -> stamp.getGeneration() == generation);
    }

    private static Assignment assignment(RowView view, byte[] key, StoredHead head, int generation, CellMap map) {
        float[] vector = VectorBytes.unpack(RowReader.requireBody(view, key).getVector());
        if (map.metric() == Metric.COSINE) {
            Vectors.normalize(vector);
        }
        int cell = map.nearestCell(vector);
        return Assignment.newBuilder()
                .setKey(RowKeys.keyOfRow(key))
                .setVersion(head.getVersion())
                .setStamp(Stamp.newBuilder()
                        .setGeneration(generation)
                        .setShard(map.shardOf(cell))
                        .setCell(cell))
                .build();
    }
}
