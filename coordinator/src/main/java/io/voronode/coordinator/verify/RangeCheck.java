package io.voronode.coordinator.verify;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.Fanout;
import io.voronode.coordinator.route.PartitionHash;
import io.voronode.coordinator.verify.Finding.Kind;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.wire.ListDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares everything in one range of keys: all replicas of all partitions with each other, then all replicas of all shards with the rows.
 * The first replica of each partition lists its rows; where the first of these lists that is cut ends, the range ends. The others, and
 * the shards, are told a digest of what they should have and send their own lists only if these differ. Used once, by one thread, which
 * fans out.
 */
final class RangeCheck implements ShardComparison.Rows {
    private static final int ROWS = 8_000;
    private static final int LEAST_ROWS_EACH = 100;
    private static final int MOST_ROWS_EACH = 2_000;

    private final Comparing comparing;
    private final Layout layout;
    private final String afterKey;
    private final List<RangeRows> partitions;
    private final Map<String, RowDigest> rows = new TreeMap<>(KeyOrder.BYTES);
    private @Nullable String end;

    RangeCheck(Comparing comparing, Layout layout, String afterKey) {
        this.comparing = comparing;
        this.layout = layout;
        this.afterKey = afterKey;
        this.partitions = IntStream.range(0, layout.partitions().size())
                .mapToObj(partition -> new RangeRows(comparing, layout, partition, afterKey))
                .toList();
    }

    /**
     * What came of a range.
     *
     * @param endKey the last key of the range; null where it reaches the last of all
     * @param compared rows in it
     * @param liveRows of the whole collection
     */
    record Outcome(@Nullable String endKey, long compared, long liveRows, List<Finding> findings, int unsettled) {}

    /**
     * Does it.
     *
     * @param barriers by partition, what must be seen
     * @throws LayoutChanged if it is to be done again
     */
    Outcome run(List<Position> barriers) {
        int limit = Math.clamp(ROWS / partitions.size(), LEAST_ROWS_EACH, MOST_ROWS_EACH);
        each(partitions, partition -> partition.list(limit, barriers.get(partition.partition())));
        partitions.forEach(partition -> cut(partition.end()));
        each(partitions, partition -> partition.ask(end));
        partitions.forEach(partition -> cut(partition.end()));
        List<ShardComparison> shards = listShards();
        shards.forEach(shard -> cut(shard.end()));
        each(partitions, partition -> partition.settle(end));
        rows.keySet().removeIf(key -> !KeyOrder.within(key, end));
        each(shards, shard -> shard.settle(end));
        return outcome(shards);
    }

    private static <T> void each(List<T> parts, Consumer<T> task) {
        if (!parts.isEmpty()) {
            var _ = Fanout.map(parts, part -> {
                task.accept(part);
                return Boolean.TRUE;
            });
        }
    }

    private void cut(@Nullable String other) {
        end = KeyOrder.first(end, other);
    }

    // ---- shards

    private List<ShardComparison> listShards() {
        partitions.forEach(partition -> rows.putAll(partition.rows()));
        rows.keySet().removeIf(key -> !KeyOrder.within(key, end));
        KeySelection range = KeySelection.newBuilder()
                .setAfterKey(afterKey)
                .setThroughKey(Objects.requireNonNullElse(end, ""))
                .build();
        List<ByteString> digests = expectedDigests();
        List<ShardComparison> comparisons = new ArrayList<>();
        List<Runnable> lists = new ArrayList<>();
        for (int shard = 0; shard < layout.shards().size(); shard++) {
            ByteString digest = digests.get(shard);
            for (String node : layout.shards().get(shard)) {
                ShardComparison comparison = new ShardComparison(
                        comparing, layout, new Replica.OfShard(layout.generation(), shard, node), this);
                comparisons.add(comparison);
                lists.add(() -> comparison.list(range, digest));
            }
        }
        each(lists, Runnable::run);
        return comparisons;
    }

    private List<ByteString> expectedDigests() {
        List<ListDigest> digests =
                layout.shards().stream().map(nodes -> new ListDigest()).toList();
        for (RowDigest row : rows.values()) {
            int shard = row.hasStamp() ? row.getStamp().getShard() : -1;
            IndexRecord expected = IndexRules.expected(row, shard);
            if (expected != null && shard >= 0 && shard < digests.size()) {
                digests.get(shard).add(expected);
            }
        }
        return digests.stream().map(ListDigest::value).toList();
    }

    @Override
    public Map<String, RowDigest> listed() {
        return rows;
    }

    @Override
    public int partition(String key) {
        return PartitionHash.partition(key, partitions.size());
    }

    @Override
    public List<Position> positions() {
        return partitions.stream().map(RangeRows::position).toList();
    }

    @Override
    public String source(String key) {
        return partitions.get(partition(key)).source(key);
    }

    // ---- what came of it

    private Outcome outcome(List<ShardComparison> shards) {
        List<Finding> findings = new ArrayList<>();
        partitions.forEach(partition -> findings.addAll(partition.settled().findings()));
        rows.values().forEach(row -> tellUnlisted(row, findings));
        shards.forEach(shard -> findings.addAll(shard.findings()));
        if (!findings.isEmpty()) {
            comparing.requireSame(layout);
        }
        int unsettled =
                partitions.stream().mapToInt(p -> p.settled().unsettled()).sum()
                        + shards.stream().mapToInt(ShardComparison::unsettled).sum();
        long liveRows = partitions.stream().mapToLong(RangeRows::liveRows).sum();
        return new Outcome(end, rows.size(), liveRows, findings, unsettled);
    }

    /** What all replicas of a partition have alike can still be wrong in itself. */
    private void tellUnlisted(RowDigest row, List<Finding> findings) {
        RangeRows partition = partitions.get(partition(row.getKey()));
        boolean told = partition.settled().trusted().containsKey(row.getKey());
        if (!told && !row.getListed()) {
            findings.add(new Finding(
                    row.hasStamp() ? Kind.ROW_NOT_LISTED : Kind.ROW_STAMP,
                    row.getKey(),
                    new Replica.OfPartition(partition.partition(), partition.source(row.getKey())),
                    row.hasStamp()
                            ? "a place in the list of shard " + row.getStamp().getShard()
                            : "a cell",
                    RowRules.words(row)));
        }
    }
}
