package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredGeneration;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.shardnode.partition.store.VectorVersion;
import io.voronode.wire.VectorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives old rows their stamps for one generation: walks the heads in key order, finds the nearest cell of each row that has no stamp, and
 * proposes ASSIGN entries, one in flight while the next one is computed, so that writes are not starved. What it proposes for
 * a row that got another vector meanwhile is ignored by apply. Runs on the thread that calls it; keeps nothing, so the next leader
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

    /** A row that has no stamp, with its vector as the index has it. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    private record Unstamped(byte[] key, long version, float[] vector) {}

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
        List<Unstamped> unstamped = new ArrayList<>();
        byte[] next = from;
        boolean ended;
        try (RowView view = views.get();
                RangeIterator heads = view.range(Family.HEADS, from, RowKeys.behind(RowKeys.collection(uuid)))) {
            for (int rows = 0; heads.valid() && unstamped.size() < BATCH_ROWS && rows < ROWS_PER_VIEW; rows++) {
                byte[] key = heads.key();
                StoredHead head = view.parse(StoredHead.parser(), heads.value());
                if (isUnstamped(head, generation)) {
                    unstamped.add(new Unstamped(key, VectorVersion.of(head), vector(view, key, map.metric())));
                }
                next = RowKeys.successor(key);
                heads.next();
            }
            ended = !heads.valid();
        }
        return new Batch(assign(uuid, generation, map, unstamped), ended ? null : ByteString.copyFrom(next));
    }

    private static boolean isUnstamped(StoredHead head, int generation) {
        return head.getStampsList().stream().noneMatch(stamp -> stamp.getGeneration() == generation);
    }

    private static float[] vector(RowView view, byte[] key, Metric metric) {
        float[] vector = VectorBytes.unpack(RowReader.requireBody(view, key).getVector());
        if (metric == Metric.COSINE) {
            Vectors.normalize(vector);
        }
        return vector;
    }

    private static AssignBatch assign(ByteString uuid, int generation, CellMap map, List<Unstamped> rows) {
        int[] cells = map.nearestCells(rows.stream().map(Unstamped::vector).toList());
        AssignBatch.Builder assign =
                AssignBatch.newBuilder().setCollectionUuid(uuid).setGeneration(generation);
        for (int i = 0; i < cells.length; i++) {
            assign.addAssignmentsBuilder()
                    .setKey(RowKeys.keyOfRow(rows.get(i).key()))
                    .setVersion(rows.get(i).version())
                    .getStampBuilder()
                    .setGeneration(generation)
                    .setShard(map.shardOf(cells[i]))
                    .setCell(cells[i]);
        }
        return assign.build();
    }
}
