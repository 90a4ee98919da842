package io.voronode.coordinator.verify;

import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowDigest;
import io.voronode.wire.ListDigest;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rows of one partition in one range of keys, as its replicas have them. Used by one thread at a time. */
final class RangeRows {
    /** What a replica sends of the range at most; it holds what others have, as long as they are alike. */
    private static final int MOST = 20_000;

    private final Comparing comparing;
    private final Layout layout;
    private final int partition;
    private final String afterKey;
    private final SequencedMap<String, RowsSeen> seen = new LinkedHashMap<>();
    /** Keys that not all replicas may have alike. */
    private final Set<String> suspects = new TreeSet<>(KeyOrder.BYTES);

    private List<RowDigest> listed = List.of();
    private long liveRows;
    /** The last key that all lists so far reach; null: the last of all. */
    private @Nullable String end;

    private RowSettling.Settled settled = new RowSettling.Settled(List.of(), Map.of(), 0);

    RangeRows(Comparing comparing, Layout layout, int partition, String afterKey) {
        this.comparing = comparing;
        this.layout = layout;
        this.partition = partition;
        this.afterKey = afterKey;
    }

    int partition() {
        return partition;
    }

    @Nullable
    String end() {
        return end;
    }

    long liveRows() {
        return liveRows;
    }

    /**
     * Lists the range from the first replica that answers.
     *
     * @param limit rows at most; where there are more, the range ends with them
     * @throws Unavailable if none answers
     */
    void list(int limit, Position atLeast) {
        DigestRowsRequest request = RowSettling.request(layout, partition)
                .setKeys(KeySelection.newBuilder().setAfterKey(afterKey).setLimit(limit))
                .setAtLeast(atLeast)
                .build();
        for (String node : layout.partitions().get(partition)) {
            Optional<DigestRowsResponse> response = comparing.rows(new Replica.OfPartition(partition, node), request);
            if (response.isPresent()) {
                liveRows = response.get().getLiveRows();
                listed = response.get().getRowsList();
                end = response.get().getMore() ? listed.getLast().getKey() : null;
                seen.put(node, RowsSeen.of(response.get()));
                return;
            }
        }
        throw new Unavailable("no replica of partition " + partition + " can be read");
    }

    /** Asks the other replicas, each of which sends its list only if it is another one; they may end the range earlier. */
    void ask(@Nullable String throughKey) {
        end = throughKey;
        listed = listed.stream()
                .filter(row -> KeyOrder.within(row.getKey(), throughKey))
                .toList();
        RowsSeen first = seen.firstEntry().getValue();
        DigestRowsRequest request = RowSettling.request(layout, partition)
                .setKeys(KeySelection.newBuilder()
                        .setAfterKey(afterKey)
                        .setThroughKey(Objects.requireNonNullElse(throughKey, ""))
                        .setLimit(MOST))
                .setAtLeast(first.position())
                .setKnownDigest(ListDigest.of(listed))
                .build();
        for (String node : layout.partitions().get(partition)) {
            if (!seen.containsKey(node)) {
                comparing
                        .rows(new Replica.OfPartition(partition, node), request)
                        .ifPresent(response -> add(node, response, request, first));
            }
        }
    }

    private void add(String node, DigestRowsResponse response, DigestRowsRequest request, RowsSeen first) {
        if (response.getDigest().equals(request.getKnownDigest()) && !response.getMore()) {
            seen.put(node, first.at(response.getPosition()));
            return;
        }
        RowsSeen other = RowsSeen.of(response);
        suspects.addAll(first.rows().keySet());
        suspects.addAll(other.rows().keySet());
        if (response.getMore() && response.getRowsCount() > 0) {
            end = KeyOrder.first(
                    end, response.getRows(response.getRowsCount() - 1).getKey());
        }
        seen.put(node, other);
    }

    /** Compares the replicas, up to and with this key. */
    void settle(@Nullable String throughKey) {
        end = throughKey;
        RowsSeen first = seen.firstEntry().getValue();
        suspects.removeIf(key -> !KeyOrder.within(key, throughKey)
                || seen.values().stream().allMatch(rows -> Objects.equals(rows.row(key), first.row(key))));
        settled = new RowSettling(comparing, layout, partition).settle(seen, suspects);
    }

    RowSettling.Settled settled() {
        return settled;
    }

    /** The rows that the range has, as far as they are known without reading again; by key in key order. */
    SequencedMap<String, RowDigest> rows() {
        SequencedMap<String, RowDigest> rows = new TreeMap<>(KeyOrder.BYTES);
        listed.stream().filter(row -> KeyOrder.within(row.getKey(), end)).forEach(row -> rows.put(row.getKey(), row));
        return rows;
    }

    /** Where these rows were true. */
    Position position() {
        return seen.firstEntry().getValue().position();
    }

    /** The node to read a key from again. */
    String source(String key) {
        return settled.trusted().getOrDefault(key, seen.firstEntry().getKey());
    }
}
