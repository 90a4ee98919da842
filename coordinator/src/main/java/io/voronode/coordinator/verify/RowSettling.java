package io.voronode.coordinator.verify;

import io.voronode.coordinator.route.Backoff;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Settles what replicas of one partition seem to have differently: while a key is written, states of different places in the log differ
 * rightly. Such keys are read again from one replica after the other, each not before the place of the one before, until the states
 * prove something or the key has been written too often. The order of the reading alternates, because a row that is absent later
 * proves nothing ({@link RowRules#judge}). Used by one thread, once.
 */
final class RowSettling {
    static final int KEYS_PER_READ = 1_000;

    private static final int ATTEMPTS = 20;

    private final Comparing comparing;
    private final Layout layout;
    private final int partition;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> trusted = new HashMap<>();

    RowSettling(Comparing comparing, Layout layout, int partition) {
        this.comparing = comparing;
        this.layout = layout;
        this.partition = partition;
    }

    /**
     * What came of it.
     *
     * @param trusted by key that differs: a node that has what most have
     * @param unsettled keys that were written too often
     */
    record Settled(List<Finding> findings, Map<String, String> trusted, int unsettled) {}

    /** Settles these keys. Of what was seen, by node, the first is that to which the others are compared. */
    Settled settle(SequencedMap<String, RowsSeen> seen, Collection<String> keys) {
        List<String> open = judge(seen, keys);
        List<String> nodes = List.copyOf(seen.keySet());
        int unsettled = 0;
        for (int from = 0; from < open.size(); from += KEYS_PER_READ) {
            unsettled += settleAgain(nodes, open.subList(from, Math.min(open.size(), from + KEYS_PER_READ)));
        }
        return new Settled(findings, trusted, unsettled);
    }

    private int settleAgain(List<String> nodes, List<String> keys) {
        List<String> open = keys;
        Backoff backoff = new Backoff();
        for (int attempt = 1; !open.isEmpty() && attempt <= ATTEMPTS && backoff.pause(); attempt++) {
            open = judge(read(nodes, open, attempt % 2 == 0), open);
        }
        return open.size();
    }

    /** Each replica is read at the place of the one before or behind it. */
    private SequencedMap<String, RowsSeen> read(List<String> nodes, List<String> keys, boolean inOrder) {
        SequencedMap<String, RowsSeen> seen = new LinkedHashMap<>();
        Position behind = comparing.copies().barrier(partition);
        for (String node : inOrder ? nodes : nodes.reversed()) {
            Optional<RowsSeen> rows = read(node, keys, behind);
            if (rows.isPresent()) {
                seen.put(node, rows.get());
                behind = rows.get().position();
            }
        }
        return inOrder ? seen : new LinkedHashMap<>(seen.reversed());
    }

    private Optional<RowsSeen> read(String node, List<String> keys, Position atLeast) {
        DigestRowsRequest request = request(layout, partition)
                .setKeys(KeySelection.newBuilder().addAllKeys(keys))
                .setAtLeast(atLeast)
                .build();
        return comparing.rows(new Replica.OfPartition(partition, node), request).map(RowsSeen::of);
    }

    static DigestRowsRequest.Builder request(Layout layout, int partition) {
        return DigestRowsRequest.newBuilder()
                .setPartition(partition)
                .setCollectionUuid(layout.collectionUuid())
                .setGeneration(layout.generation());
    }

    /** Returns the keys of which nothing is known yet. */
    private List<String> judge(SequencedMap<String, RowsSeen> seen, Collection<String> keys) {
        return seen.size() < 2
                ? List.of()
                : keys.stream().filter(key -> !isSettled(seen, key)).toList();
    }

    private boolean isSettled(SequencedMap<String, RowsSeen> seen, String key) {
        RowsSeen first = seen.firstEntry().getValue();
        boolean different = false;
        for (RowsSeen other : seen.values()) {
            switch (RowRules.judge(first, other, key)) {
                case UNKNOWN -> {
                    return false;
                }
                case DIFFERENT -> different = true;
                case EQUAL -> {}
            }
        }
        if (different) {
            tell(seen, key);
        }
        return true;
    }

    private void tell(SequencedMap<String, RowsSeen> seen, String key) {
        Map<String, @Nullable RowDigest> states = new LinkedHashMap<>();
        seen.forEach((node, rows) -> states.put(node, rows.row(key)));
        RowDigest expected = RowRules.expected(seen.firstEntry().getKey(), states);
        states.forEach((node, state) -> {
            if (Objects.equals(state, expected)) {
                trusted.putIfAbsent(key, node);
            } else {
                findings.add(new Finding(
                        RowRules.kind(expected, state),
                        key,
                        new Replica.OfPartition(partition, node),
                        RowRules.words(expected),
                        RowRules.words(state)));
            }
        });
    }
}
