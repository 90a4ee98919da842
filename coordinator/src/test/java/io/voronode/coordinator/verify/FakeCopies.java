package io.voronode.coordinator.verify;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.PartitionHash;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.wire.ListDigest;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies in memory: each replica applies the writes of its partition's log up to some place, which moves at random when it is asked, but never
 * stays behind what was asked for. Replicas can be spoilt. Guarded by its monitor.
 */
final class FakeCopies implements Copies {
    static final int PARTITIONS = 3;
    static final int SHARDS = 2;
    static final List<String> NODES = List.of("a", "b", "c");
    private static final int CELLS_EACH = 4;

    private final List<Log> logs =
            IntStream.range(0, PARTITIONS).mapToObj(Log::new).toList();
    /** What has been done to a copy beside its log. */
    private final Map<Replica.OfPartition, SortedMap<String, @Nullable RowDigest>> spoiltRows = new HashMap<>();

    private final Map<Replica.OfShard, SortedMap<String, List<IndexRecord>>> spoiltRecords = new HashMap<>();
    private final Set<String> silent = new HashSet<>();
    private final Random random;
    private Runnable beforeEachCall = () -> {};
    private int generation = 1;
    int rebuilds;

    FakeCopies(long seed) {
        this.random = new Random(seed);
    }

    /** The writes of a partition; a null row is a delete. */
    private static final class Log {
        private final int partition;
        private final List<Map.Entry<String, Optional<RowDigest>>> entries = new ArrayList<>();

        Log(int partition) {
            this.partition = partition;
        }

        SortedMap<String, RowDigest> stateAt(long index) {
            SortedMap<String, RowDigest> rows = new TreeMap<>(KeyOrder.BYTES);
            entries.subList(0, (int) index).forEach(entry -> {
                if (entry.getValue().isPresent()) {
                    rows.put(entry.getKey(), entry.getValue().get());
                } else {
                    rows.remove(entry.getKey());
                }
            });
            return rows;
        }

        Position position(long index) {
            return Position.newBuilder().setPartition(partition).setIndex(index).build();
        }
    }

    // ---- as those who write

    synchronized void whileAsked(Runnable action) {
        beforeEachCall = action;
    }

    synchronized void upsert(String key) {
        Log log = log(key);
        long version = log.entries.size() + 1L;
        int cell = random.nextInt(SHARDS * CELLS_EACH);
        RowDigest row = RowDigest.newBuilder()
                .setKey(key)
                .setVersion(version)
                .setContent(ByteString.copyFromUtf8("content of " + version))
                .setStamp(Stamp.newBuilder()
                        .setGeneration(generation)
                        .setShard(cell / CELLS_EACH)
                        .setCell(cell))
                .setListed(true)
                .build();
        log.entries.add(Map.entry(key, Optional.of(row)));
    }

    synchronized void delete(String key) {
        log(key).entries.add(Map.entry(key, Optional.empty()));
    }

    synchronized RowDigest row(String key) {
        Log log = log(key);
        RowDigest row = log.stateAt(log.entries.size()).get(key);
        if (row == null) {
            throw new AssertionError("no row " + key);
        }
        return row;
    }

    int partition(String key) {
        return PartitionHash.partition(key, PARTITIONS);
    }

    private Log log(String key) {
        return logs.get(partition(key));
    }

    // ---- as those who spoil

    /** From now on this replica has this under the key, whatever is written; null: nothing. */
    synchronized void spoilRow(String node, String key, @Nullable RowDigest row) {
        spoiltRows
                .computeIfAbsent(new Replica.OfPartition(partition(key), node), r -> new TreeMap<>())
                .put(key, row);
    }

    /** From now on this replica has these records under the key, until it is built anew. */
    synchronized void spoilRecords(String node, int shard, String key, IndexRecord... records) {
        spoiltRecords
                .computeIfAbsent(new Replica.OfShard(generation, shard, node), r -> new TreeMap<>())
                .put(key, List.of(records));
    }

    synchronized void silence(String node) {
        silent.add(node);
    }

    /** Another generation serves; the old one is no longer answered for. */
    synchronized void switchGeneration(Consumer<FakeCopies> restamp) {
        generation++;
        restamp.accept(this);
    }

    // ---- as copies

    @Override
    public synchronized Layout layout() {
        return new Layout(
                ByteString.copyFromUtf8("uuid"),
                generation,
                IntStream.range(0, PARTITIONS).mapToObj(p -> NODES).toList(),
                IntStream.range(0, SHARDS).mapToObj(s -> List.of("a", "b")).toList());
    }

    @Override
    public synchronized Position barrier(int partition) {
        Log log = logs.get(partition);
        return log.position(log.entries.size());
    }

    @Override
    public synchronized DigestRowsResponse rows(String node, DigestRowsRequest request) {
        requireAnswers(node);
        Log log = logs.get(request.getPartition());
        long index = at(log, request.getAtLeast().getIndex());
        SortedMap<String, RowDigest> rows = log.stateAt(index);
        spoiltRows
                .getOrDefault(new Replica.OfPartition(request.getPartition(), node), new TreeMap<>())
                .forEach((key, row) -> {
                    rows.remove(key);
                    if (row != null) {
                        rows.put(key, row);
                    }
                });
        List<RowDigest> selected = rows.values().stream()
                .filter(row -> isSelected(row.getKey(), request.getKeys()))
                .map(row -> row.getStamp().getGeneration() == request.getGeneration()
                        ? row
                        : row.toBuilder().clearStamp().clearListed().build())
                .toList();
        boolean more = isCut(request.getKeys(), selected.size());
        List<RowDigest> told = more ? selected.subList(0, request.getKeys().getLimit()) : selected;
        DigestRowsResponse.Builder response = DigestRowsResponse.newBuilder()
                .setDigest(ListDigest.of(told))
                .setMore(more)
                .setPosition(log.position(index))
                .setLiveRows(rows.size());
        return response.getDigest().equals(request.getKnownDigest())
                ? response.build()
                : response.addAllRows(told).build();
    }

    private long at(Log log, long atLeast) {
        return atLeast + random.nextInt((int) (log.entries.size() - atLeast) + 1);
    }

    private void requireAnswers(String node) {
        beforeEachCall.run();
        if (silent.contains(node)) {
            throw new Unavailable("node " + node + " is silent");
        }
    }

    private static boolean isSelected(String key, KeySelection keys) {
        if (keys.getKeysCount() > 0) {
            return keys.getKeysList().contains(key);
        }
        return KeyOrder.BYTES.compare(key, keys.getAfterKey()) > 0
                && KeyOrder.within(key, keys.getThroughKey().isEmpty() ? null : keys.getThroughKey());
    }

    private static boolean isCut(KeySelection keys, int count) {
        return keys.getKeysCount() == 0 && count > keys.getLimit();
    }

    @Override
    public synchronized ListRecordsResponse records(String node, ListRecordsRequest request) {
        requireAnswers(node);
        if (request.getGeneration() != generation) {
            throw new Unavailable("generation " + request.getGeneration() + " has ended");
        }
        SortedMap<String, List<IndexRecord>> records = index(request);
        records.putAll(
                spoiltRecords.getOrDefault(new Replica.OfShard(generation, request.getShard(), node), new TreeMap<>()));
        List<IndexRecord> selected = records.values().stream()
                .flatMap(List::stream)
                .filter(record -> isSelected(record.getKey(), request.getKeys()))
                .toList();
        boolean more = isCut(request.getKeys(), selected.size());
        List<IndexRecord> told = more ? selected.subList(0, request.getKeys().getLimit()) : selected;
        return ListRecordsResponse.newBuilder()
                .setCode(ProbeCode.PROBE_CODE_OK)
                .setDigest(ListDigest.of(told))
                .addAllRecords(ListDigest.of(told).equals(request.getKnownDigest()) ? List.of() : told)
                .setMore(more)
                .build();
    }

    private SortedMap<String, List<IndexRecord>> index(ListRecordsRequest request) {
        SortedMap<String, List<IndexRecord>> records = new TreeMap<>(KeyOrder.BYTES);
        for (Log log : logs) {
            long atLeast = request.getAtLeastList().stream()
                    .filter(position -> position.getPartition() == log.partition)
                    .mapToLong(Position::getIndex)
                    .max()
                    .orElse(0);
            log.stateAt(at(log, atLeast)).values().forEach(row -> {
                IndexRecord record = IndexRules.expected(row, request.getShard());
                if (record != null && row.getStamp().getGeneration() == generation) {
                    records.put(row.getKey(), List.of(record));
                }
            });
        }
        return records;
    }

    @Override
    public synchronized void rebuild(String node, RebuildShardRequest request) {
        rebuilds++;
        spoiltRecords.remove(new Replica.OfShard(request.getGeneration(), request.getShard(), node));
    }
}
