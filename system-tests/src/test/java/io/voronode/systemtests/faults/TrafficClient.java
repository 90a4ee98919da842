package io.voronode.systemtests.faults;

import io.voronode.client.Consistency;
import io.voronode.client.FilteredDelete;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.RecordStatus;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import io.voronode.client.WriteResult;
import io.voronode.systemtests.history.Operation;
import io.voronode.systemtests.history.Operation.Kind;
import io.voronode.systemtests.history.Operation.Outcome;
import io.voronode.wire.VoronodeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client of the {@link Traffic}: its writes and reads of hot keys, which all clients write, go into the history; its cold keys nobody else
 * writes, so it knows what they hold. It checks what it reads as it goes. One thread runs it.
 */
final class TrafficClient {
    private static final int COLD_KEYS = 1_250;
    private static final int MAX_BATCH = 40;
    private static final int MAX_DELETES = 4;
    private static final int K = 10;

    private final int number;
    private final VoronodeClient client;
    private final Traffic traffic;
    private final Random random;
    private final Map<String, ColdKey> cold = new HashMap<>();

    TrafficClient(int number, VoronodeClient client, Traffic traffic, long seed) {
        this.number = number;
        this.client = client;
        this.traffic = traffic;
        this.random = new Random(seed);
    }

    Map<String, ColdKey> cold() {
        return cold;
    }

    /** One call; a server that does not answer well is no problem here. */
    void step() {
        int dice = random.nextInt(100);
        try {
            if (dice < 15) {
                hotUpsert(hotKey());
            } else if (dice < 45) {
                coldUpsert(coldKeys(1 + random.nextInt(MAX_BATCH)));
            } else if (dice < 50) {
                hotDelete(hotKey());
            } else if (dice < 55) {
                coldDelete(coldKeys(1 + random.nextInt(MAX_DELETES)));
            } else if (dice < 60) {
                coldDeleteByFilter(Content.slot(coldKey()));
            } else if (dice < 70) {
                hotRead(hotKey());
            } else if (dice < 80) {
                coldRead(coldKeys(MAX_BATCH));
            } else {
                search(coldKey());
            }
        } catch (VoronodeException.Bug e) {
            // Whatever goes wrong around it, a server knows what to answer.
            traffic.problem("a call met a bug: " + e.getMessage());
        } catch (VoronodeException e) {
            traffic.refused(e.getClass().getSimpleName());
        }
    }

    private void refused(WriteResult result) {
        if (result.status() == RecordStatus.INTERNAL) {
            traffic.problem("a write met a bug: " + result);
        } else {
            traffic.refused(result.status().name());
        }
    }

    private String hotKey() {
        return Traffic.hotKey(random.nextInt(Traffic.HOT_KEYS));
    }

    private Set<String> coldKeys(int count) {
        Set<String> keys = new LinkedHashSet<>();
        while (keys.size() < count) {
            keys.add(coldKey());
        }
        return keys;
    }

    private String coldKey() {
        return "cold-" + number + "-" + random.nextInt(COLD_KEYS);
    }

    private ColdKey cold(String key) {
        return cold.computeIfAbsent(key, absent -> new ColdKey());
    }

    // ---- hot keys

    private void hotUpsert(String key) {
        long value = traffic.nextValue();
        List<VectorRecord> batch = List.of(Content.record(key, value));
        hotWrite(Kind.UPSERT, key, value, () -> client.upsert(traffic.collection(), batch, Wait.DURABLE));
    }

    private void hotDelete(String key) {
        hotWrite(
                Kind.DELETE,
                key,
                Operation.ABSENT,
                () -> client.delete(traffic.collection(), List.of(key), Wait.DURABLE));
    }

    private void hotWrite(Kind kind, String key, long value, Supplier<WriteReport> call) {
        long start = System.nanoTime();
        try {
            WriteResult result = call.get().results().getFirst();
            if (result.ok()) {
                traffic.acknowledged(1);
            } else {
                refused(result);
            }
            traffic.history()
                    .add(new Operation(
                            number,
                            key,
                            kind,
                            value,
                            kind == Kind.UPSERT ? result.version() : 0,
                            result.existed(),
                            start,
                            System.nanoTime(),
                            outcome(result)));
        } catch (VoronodeException e) {
            traffic.history()
                    .add(new Operation(number, key, kind, value, 0, false, start, System.nanoTime(), Outcome.UNKNOWN));
            throw e;
        }
    }

    private static Outcome outcome(WriteResult result) {
        if (result.ok()) {
            return Outcome.OK;
        }
        return result.status() == RecordStatus.UNAVAILABLE || result.status() == RecordStatus.INTERNAL
                ? Outcome.UNKNOWN
                : Outcome.FAIL;
    }

    void hotRead(String key) {
        long start = System.nanoTime();
        StoredRecord stored = client.get(traffic.collection(), key, new ReadOptions(true, false, Consistency.STRONG))
                .orElse(null);
        long end = System.nanoTime();
        long value = stored == null ? Operation.ABSENT : Content.value(stored.payload());
        requireWhole(stored);
        traffic.history()
                .add(new Operation(
                        number,
                        key,
                        Kind.READ,
                        value,
                        stored == null ? 0 : stored.version(),
                        false,
                        start,
                        end,
                        Outcome.OK));
    }

    private void requireWhole(@Nullable StoredRecord stored) {
        if (stored != null && !Content.isWhole(stored.key(), stored.payload(), stored.vector())) {
            traffic.problem("no write wrote this record: " + stored);
        }
    }

    // ---- cold keys

    /** Answers whether all were acknowledged. */
    boolean coldUpsert(Set<String> keys) {
        Map<String, Long> values = new HashMap<>();
        keys.forEach(key -> values.put(key, traffic.nextValue()));
        List<VectorRecord> batch = keys.stream()
                .map(key -> Content.record(key, values.getOrDefault(key, 0L)))
                .toList();
        return coldWrite(values, () -> client.upsert(traffic.collection(), batch, Wait.DURABLE));
    }

    private void coldDelete(Set<String> keys) {
        Map<String, Long> values = new HashMap<>();
        keys.forEach(key -> values.put(key, ColdKey.ABSENT));
        coldWrite(values, () -> client.delete(traffic.collection(), List.copyOf(keys), Wait.DURABLE));
    }

    /**
     * All of its own keys of a slot. What was acknowledged before is deleted when this is; a write of them that is still without an answer
     * may take effect before or after. Where this itself fails it may still delete what is written later, for nobody knows when it looks
     * for what matches.
     */
    private void coldDeleteByFilter(String slot) {
        List<ColdKey> keys = cold.entrySet().stream()
                .filter(entry -> Content.slot(entry.getKey()).equals(slot))
                .map(Map.Entry::getValue)
                .toList();
        boolean answered = false;
        try {
            FilteredDelete outcome = client.deleteByFilter(traffic.collection(), Content.inSlot(slot));
            long most = keys.stream().filter(ColdKey::mayBeThere).count();
            if (outcome.deleted() > most) {
                traffic.problem("client " + number + " deleted by filter " + outcome + ", only " + most
                        + " of its keys could be there");
            }
            keys.forEach(key -> key.acknowledged(ColdKey.ABSENT, 0));
            traffic.acknowledged((int) outcome.deleted());
            answered = true;
        } finally {
            if (!answered) {
                keys.forEach(key -> key.unanswered(ColdKey.ABSENT));
            }
        }
    }

    private boolean coldWrite(Map<String, Long> values, Supplier<WriteReport> call) {
        Map<String, Long> unanswered = new HashMap<>(values);
        try {
            for (WriteResult result : call.get().results()) {
                if (result.ok()) {
                    long value = values.getOrDefault(result.key(), ColdKey.ABSENT);
                    cold(result.key()).acknowledged(value, result.version());
                    unanswered.remove(result.key());
                } else {
                    refused(result);
                }
            }
            traffic.acknowledged(values.size() - unanswered.size());
        } finally {
            unanswered.forEach((key, value) -> cold(key).unanswered(value));
        }
        return unanswered.isEmpty();
    }

    private void coldRead(Set<String> keys) {
        Map<String, StoredRecord> found =
                client.get(traffic.collection(), keys, new ReadOptions(true, false, Consistency.SESSION));
        for (String key : keys) {
            StoredRecord stored = found.get(key);
            requireWhole(stored);
            long value = stored == null ? ColdKey.ABSENT : Content.value(stored.payload());
            if (!cold(key).mayHold(value)) {
                traffic.problem("client " + number + " read value " + value + " of its own key " + key
                        + ", which holds " + cold(key).value());
            }
        }
    }

    // ---- searches

    /** The record nearest to the vector of a record that is there is itself. */
    private void search(String key) {
        ColdKey own = cold(key);
        long value = own.value();
        boolean filtered = random.nextBoolean() && value != ColdKey.ABSENT;
        SearchResult found = client.search(
                traffic.collection(),
                Query.of(Content.vector(value)),
                SearchOptions.builder(K)
                        .nprobe(SearchOptions.ALL_CELLS)
                        .filter(filtered ? Content.sameGroup(value) : null)
                        .withPayload(true)
                        .withVector(true)
                        .consistency(Consistency.SESSION)
                        .build());
        Set<String> seen = new HashSet<>();
        for (Hit hit : found.hits()) {
            check(hit, seen, filtered, value);
        }
        if (value != ColdKey.ABSENT && own.isCertain() && !seen.contains(key)) {
            traffic.problem("client " + number + " searched its own record " + key + " of value " + value
                    + " and found " + found.hits());
        }
    }

    private void check(Hit hit, Set<String> seen, boolean filtered, long value) {
        if (!seen.add(hit.key())) {
            traffic.problem("found twice in one search: " + hit);
        }
        if (!Content.isWhole(hit.key(), hit.payload(), hit.vector())) {
            traffic.problem("no write wrote what was found: " + hit);
        }
        if (filtered && !Content.isSameGroup(Content.value(hit.payload()), value)) {
            traffic.problem("does not meet the filter for the group of " + value + ": " + hit);
        }
    }
}
