package io.voronode.coordinator.verify;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.route.Backoff;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.IndexRecord;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares one replica of a shard with the rows of one range of keys. It lists the range where the list is not the expected one, and for
 * each key that seems wrong looks at the row before and after a listing: a row that kept its version was the same all the time, so the
 * listing, which contains all that was before it, must show it ({@link IndexRules#isProven}). Other keys are listed and read again.
 * Used by one thread at a time.
 */
final class ShardComparison {
    private static final int MOST = 20_000;
    private static final int KEYS_PER_READ = 1_000;
    private static final int ATTEMPTS = 20;

    private final Comparing comparing;
    private final Layout layout;
    private final Replica.OfShard replica;
    private final Rows rows;
    private final List<Finding> findings = new ArrayList<>();
    /** By key; empty where the list was the expected one, and null where there is none. */
    private @Nullable Map<String, List<IndexRecord>> listed;

    private @Nullable String end;
    private int unsettled;

    /** The rows of the range. */
    interface Rows {
        /** Those listed first, by key, of all partitions. */
        Map<String, RowDigest> listed();

        /** Which partition a key belongs to. */
        int partition(String key);

        /** Where, by partition, the listed rows were true. */
        List<Position> positions();

        /** The node whose row counts. */
        String source(String key);
    }

    ShardComparison(Comparing comparing, Layout layout, Replica.OfShard replica, Rows rows) {
        this.comparing = comparing;
        this.layout = layout;
        this.replica = replica;
        this.rows = rows;
    }

    List<Finding> findings() {
        return findings;
    }

    int unsettled() {
        return unsettled;
    }

    /** The last key that the list reaches; null: the one that was asked for. */
    @Nullable
    String end() {
        return end;
    }

    // ---- listing

    /** Lists the range where it is not as expected. */
    void list(KeySelection range, ByteString expectedDigest) {
        ListRecordsRequest request =
                request(range.toBuilder().setLimit(MOST).build(), rows.positions(), expectedDigest);
        Optional<ListRecordsResponse> response = comparing.records(replica, request, layout);
        if (response.isEmpty()) {
            return;
        }
        if (response.get().getMore() && response.get().getRecordsCount() > 0) {
            end = response.get()
                    .getRecords(response.get().getRecordsCount() - 1)
                    .getKey();
        }
        boolean asExpected =
                !response.get().getMore() && response.get().getDigest().equals(expectedDigest);
        listed = asExpected ? null : byKey(response.get());
    }

    private ListRecordsRequest request(KeySelection keys, List<Position> atLeast, ByteString knownDigest) {
        return ListRecordsRequest.newBuilder()
                .setCollectionUuid(layout.collectionUuid())
                .setGeneration(layout.generation())
                .setShard(replica.shard())
                .setKeys(keys)
                .addAllAtLeast(atLeast)
                .setKnownDigest(knownDigest)
                .build();
    }

    private static Map<String, List<IndexRecord>> byKey(ListRecordsResponse response) {
        Map<String, List<IndexRecord>> byKey = new HashMap<>();
        response.getRecordsList()
                .forEach(record -> byKey.computeIfAbsent(record.getKey(), k -> new ArrayList<>())
                        .add(record));
        return byKey;
    }

    // ---- settling

    /** Settles what is not as expected, up to and with this key. */
    void settle(@Nullable String throughKey) {
        Map<String, List<IndexRecord>> records = listed;
        if (records == null) {
            return;
        }
        List<String> suspects = suspects(records, throughKey);
        if (!suspects.isEmpty()) {
            comparing.requireSame(layout);
        }
        for (int from = 0; from < suspects.size(); from += KEYS_PER_READ) {
            settle(suspects.subList(from, Math.min(suspects.size(), from + KEYS_PER_READ)), records);
        }
    }

    private List<String> suspects(Map<String, List<IndexRecord>> records, @Nullable String throughKey) {
        Map<String, @Nullable RowDigest> all = new TreeMap<>(KeyOrder.BYTES);
        records.keySet().forEach(key -> all.put(key, null));
        all.putAll(rows.listed());
        return all.entrySet().stream()
                .filter(entry -> KeyOrder.within(entry.getKey(), throughKey))
                .filter(entry -> !IndexRules.matches(
                        IndexRules.expected(entry.getValue(), replica.shard()),
                        records.getOrDefault(entry.getKey(), List.of())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void settle(List<String> suspects, Map<String, List<IndexRecord>> firstListed) {
        State before = new State(rows.listed(), rows.positions());
        Map<String, List<IndexRecord>> records = firstListed;
        List<String> open = suspects;
        Backoff backoff = new Backoff();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            State after = read(open);
            open = judge(open, before, records, after);
            if (open.isEmpty() || !backoff.pause()) {
                break;
            }
            Optional<ListRecordsResponse> again = comparing.records(
                    replica,
                    request(KeySelection.newBuilder().addAllKeys(open).build(), after.positions(), ByteString.EMPTY),
                    layout);
            if (again.isEmpty()) {
                return;
            }
            records = byKey(again.get());
            before = after;
        }
        unsettled += open.size();
    }

    /** Rows and, for their partitions, where they were true. */
    private record State(Map<String, RowDigest> rows, List<Position> positions) {
        long index(int partition) {
            return positions.stream()
                    .filter(position -> position.getPartition() == partition)
                    .mapToLong(Position::getIndex)
                    .min()
                    .orElse(0);
        }
    }

    /** Reads behind a barrier, so that nothing that a listing before has shown is missed. */
    private State read(List<String> keys) {
        SequencedMap<Replica.OfPartition, List<String>> sources = new LinkedHashMap<>();
        keys.forEach(key -> sources.computeIfAbsent(
                        new Replica.OfPartition(rows.partition(key), rows.source(key)), k -> new ArrayList<>())
                .add(key));
        Map<Integer, Position> barriers = new HashMap<>();
        Map<String, RowDigest> read = new HashMap<>();
        List<Position> positions = new ArrayList<>();
        sources.forEach((source, some) -> {
            Position barrier = barriers.computeIfAbsent(source.partition(), comparing.copies()::barrier);
            DigestRowsResponse response = comparing
                    .rows(source, request(source.partition(), some, barrier))
                    .orElseThrow(() -> new Unavailable("partition " + source.partition() + " can no longer be read"));
            response.getRowsList().forEach(row -> read.put(row.getKey(), row));
            positions.add(response.getPosition());
        });
        return new State(read, positions);
    }

    private DigestRowsRequest request(int partition, List<String> keys, Position atLeast) {
        return RowSettling.request(layout, partition)
                .setKeys(KeySelection.newBuilder().addAllKeys(keys))
                .setAtLeast(atLeast)
                .build();
    }

    /** Returns the keys of which nothing is known yet. */
    private List<String> judge(List<String> keys, State before, Map<String, List<IndexRecord>> records, State after) {
        List<String> open = new ArrayList<>();
        for (String key : keys) {
            List<IndexRecord> found = records.getOrDefault(key, List.of());
            RowDigest now = after.rows().get(key);
            IndexRecord expected = IndexRules.expected(now, replica.shard());
            if (IndexRules.isProven(before.rows().get(key), now, before.index(rows.partition(key)), found)) {
                tell(key, expected, found);
            } else if (!(now == null && found.isEmpty())) {
                open.add(key);
            }
        }
        return open;
    }

    private void tell(String key, @Nullable IndexRecord expected, List<IndexRecord> found) {
        if (!IndexRules.matches(expected, found)) {
            findings.add(new Finding(
                    IndexRules.kind(expected, found),
                    key,
                    replica,
                    IndexRules.words(expected),
                    IndexRules.words(found)));
        }
    }
}
