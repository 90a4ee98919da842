package io.voronode.shardnode.rpc;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RemovedRow;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.Subscribe;
import io.voronode.wire.VectorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows and the log of one partition, in plain maps, with the rules of the feed: the model that shard replicas are compared
 * with. All methods hold its lock.
 */
final class FakePartition {
    /** A live row. */
    record Row(long version, ByteString vector, String payload, Map<Integer, Stamp> stamps) {
        Row {
            stamps = Map.copyOf(stamps);
        }
    }

    /** A change that a shard has to hear of. */
    private record FeedRow(long index, int generation, int shard, String key) {}

    /** What a subscription gets next. */
    record Batch(Position position, @Nullable ShardChanges changes, long sentUpto) {}

    private final int partition;
    private final ByteString collection;
    private ByteString lineage = ByteString.copyFromUtf8("lineage-0");
    private long index = 1;
    private long trimmed;
    private final SortedMap<String, Row> rows = new TreeMap<>();
    private final List<FeedRow> feed = new ArrayList<>();
    private final Map<Integer, Long> stampedIndex = new HashMap<>();
    private final Map<Integer, Long> endIndex = new HashMap<>();

    FakePartition(int partition, ByteString collection) {
        this.partition = partition;
        this.collection = collection;
        stampedIndex.put(0, 1L);
    }

    // ---- the log

    synchronized long upsert(String key, float[] vector, String payload, List<Stamp> stamps) {
        index++;
        Map<Integer, Stamp> gained = new HashMap<>();
        stamps.forEach(stamp -> gained.put(stamp.getGeneration(), stamp));
        Row old = rows.put(key, new Row(index, VectorBytes.pack(vector), payload, gained));
        feedLost(key, old);
        gained.values().forEach(stamp -> feed(stamp, key));
        notifyAll();
        return index;
    }

    synchronized void delete(String key) {
        index++;
        feedLost(key, rows.remove(key));
        notifyAll();
    }

    private void feedLost(String key, @Nullable Row old) {
        if (old != null) {
            old.stamps().values().forEach(stamp -> feed(stamp, key));
        }
    }

    private void feed(Stamp stamp, String key) {
        if (!endIndex.containsKey(stamp.getGeneration())) {
            feed.add(new FeedRow(index, stamp.getGeneration(), stamp.getShard(), key));
        }
    }

    synchronized void begin(int generation) {
        index++;
        stampedIndex.put(generation, index);
        notifyAll();
    }

    synchronized void assign(String key, Stamp stamp) {
        Row row = rows.get(key);
        if (row == null || row.stamps().containsKey(stamp.getGeneration())) {
            return;
        }
        index++;
        Map<Integer, Stamp> stamps = new HashMap<>(row.stamps());
        stamps.put(stamp.getGeneration(), stamp);
        rows.put(key, new Row(row.version(), row.vector(), row.payload(), stamps));
        stampedIndex.put(stamp.getGeneration(), index);
        feed(stamp, key);
        notifyAll();
    }

    synchronized void end(int generation) {
        index++;
        endIndex.put(generation, index);
        notifyAll();
    }

    /** An entry that concerns no shard. */
    synchronized void barrier() {
        index++;
        notifyAll();
    }

    /** Changes up to here are forgotten. */
    synchronized void trim() {
        trimmed = index;
        feed.clear();
    }

    /** Another history with the same rows. */
    synchronized void changeLineage(String name) {
        lineage = ByteString.copyFromUtf8(name);
        index = 5;
        trimmed = 5;
        feed.clear();
        SortedMap<String, Row> again = new TreeMap<>();
        rows.forEach((key, row) -> again.put(key, new Row(5, row.vector(), row.payload(), row.stamps())));
        rows.putAll(again);
        stampedIndex.replaceAll((generation, old) -> 4L);
        notifyAll();
    }

    // ---- what it says

    synchronized Position position() {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(lineage)
                .setIndex(index)
                .build();
    }

    synchronized SortedMap<String, Row> rows() {
        return new TreeMap<>(rows);
    }

    synchronized long unstamped(int generation) {
        return rows.values().stream()
                .filter(row -> !row.stamps().containsKey(generation))
                .count();
    }

    /** Waits for a higher index, but not long. */
    @SuppressWarnings("WaitNotInLoop") // an early return is one more look at the log
    synchronized void awaitBeyond(long known) throws InterruptedException {
        if (index <= known) {
            wait(20);
        }
    }

    /** What a subscription that has got everything up to an index is ended with; OK if it goes on. */
    synchronized FeedCode check(Subscribe subscribe, long sent) {
        if (!subscribe.getCollectionUuid().equals(collection) || !stampedIndex.containsKey(subscribe.getGeneration())) {
            return FeedCode.FEED_CODE_UNKNOWN;
        }
        if (!subscribe.getAfter().getLineage().equals(lineage) || sent < trimmed) {
            return FeedCode.FEED_CODE_REBUILD;
        }
        return sent > index ? FeedCode.FEED_CODE_BEHIND : FeedCode.FEED_CODE_OK;
    }

    /** Changes of at most so many entries. */
    synchronized Batch read(Subscribe subscribe, long sent, int entries) {
        long end = endIndex.getOrDefault(subscribe.getGeneration(), Long.MAX_VALUE);
        long upto = index >= end ? end : Math.min(index, sent + entries);
        ShardChanges.Builder changes = ShardChanges.newBuilder()
                .setSubscription(subscribe.getSubscription())
                .setCode(upto == end ? FeedCode.FEED_CODE_GENERATION_ENDED : FeedCode.FEED_CODE_OK)
                .setUptoIndex(upto)
                .setUnstamped(unstamped(subscribe.getGeneration()))
                .setStampedIndex(stampedIndex.getOrDefault(subscribe.getGeneration(), 0L));
        for (FeedRow row : feed) {
            if (upto < end
                    && row.index() > sent
                    && row.index() <= upto
                    && row.generation() == subscribe.getGeneration()
                    && row.shard() == subscribe.getShard()) {
                changes.addChanges(change(row));
            }
        }
        return new Batch(position(), changes.build(), upto);
    }

    private RowChange change(FeedRow fed) {
        RowChange.Builder change = RowChange.newBuilder().setKey(fed.key()).setIndex(fed.index());
        Row row = rows.get(fed.key());
        Stamp stamp = row == null ? null : row.stamps().get(fed.generation());
        return row != null && stamp != null && stamp.getShard() == fed.shard()
                ? change.setRow(shardRow(row, stamp)).build()
                : change.setRemoved(RemovedRow.getDefaultInstance()).build();
    }

    private static ShardRow shardRow(Row row, Stamp stamp) {
        return ShardRow.newBuilder()
                .setVersion(row.version())
                .setCell(stamp.getCell())
                .setVector(row.vector())
                .setPayload(row.payload())
                .build();
    }

    /** The rows of a shard behind a key, at most so many keys of the partition. */
    synchronized List<ScannedRow> scan(int generation, int shard, String afterKey, int limit) {
        List<ScannedRow> scanned = new ArrayList<>();
        rows.tailMap(afterKey + "\0").forEach((key, row) -> {
            Stamp stamp = row.stamps().get(generation);
            if (scanned.size() < limit && stamp != null && stamp.getShard() == shard) {
                scanned.add(ScannedRow.newBuilder()
                        .setKey(key)
                        .setRow(shardRow(row, stamp))
                        .build());
            }
        });
        return scanned;
    }
}
