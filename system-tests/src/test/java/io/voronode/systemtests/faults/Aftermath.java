package io.voronode.systemtests.faults;

import io.voronode.client.ClusterInfo;
import io.voronode.client.Consistency;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.StoredRecord;
import io.voronode.client.VerifyDifference;
import io.voronode.client.VerifyListener;
import io.voronode.client.VerifyOptions;
import io.voronode.client.VerifyReport;
import io.voronode.systemtests.Eventually;
import io.voronode.systemtests.ReplicaRows;
import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * What must be true when the traffic has ended and all processes run again: every acknowledged write is there, byte for byte and once, no
 * deleted record is back, count and scroll agree, all replicas hold the same rows, all copies of the index hold just
 * these, an exact search is what brute force finds, recall is what it was, and every hot key behaved like one register. One thread uses it.
 */
final class Aftermath {
    private static final int QUERIES = 20;
    private static final int K = 10;
    private static final double RELATIVE_TOLERANCE = 1e-5;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final Scene scene;
    private final Traffic traffic;
    private final Map<String, StoredRecord> rows = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int lost;
    private int doubled;
    private int resurrected;
    private double recall;

    /** What was found. */
    record Findings(int lost, int doubled, int resurrected, double recall, List<String> problems) {
        Findings {
            problems = List.copyOf(problems);
        }
    }

    private Aftermath(Scene scene, Traffic traffic) {
        this.scene = scene;
        this.traffic = traffic;
        problems.addAll(traffic.problems());
    }

    static Findings check(Scene scene, Traffic traffic) throws InterruptedException {
        Aftermath aftermath = new Aftermath(scene, traffic);
        traffic.readHotKeys();
        aftermath.scroll();
        aftermath.checkColdKeys();
        aftermath.checkReplicas();
        aftermath.checkIndex();
        aftermath.checkRecall();
        aftermath.checkSearches();
        aftermath.problems.addAll(traffic.history().violations());
        return new Findings(
                aftermath.lost, aftermath.doubled, aftermath.resurrected, aftermath.recall, aftermath.problems);
    }

    private void scroll() {
        scene.client()
                .scroll(scene.collection(), ReadOptions.WHOLE.with(Consistency.STRONG))
                .forEach(stored -> {
                    if (rows.put(stored.key(), stored) != null) {
                        doubled++;
                        problems.add("scrolled twice: " + stored);
                    }
                    if (!Content.isWhole(stored.key(), stored.payload(), stored.vector())) {
                        problems.add("no write wrote this record: " + stored);
                    }
                });
        long count = scene.client().count(scene.collection(), Consistency.STRONG);
        if (count != rows.size()) {
            problems.add("count says " + count + ", scroll finds " + rows.size());
        }
    }

    private void checkColdKeys() {
        Map<String, ColdKey> cold = traffic.cold();
        cold.forEach(this::checkColdKey);
        rows.keySet().stream()
                .filter(key -> !cold.containsKey(key) && !key.startsWith("hot-"))
                .forEach(key -> problems.add("nobody wrote key " + key));
    }

    private void checkColdKey(String key, ColdKey expected) {
        StoredRecord stored = rows.get(key);
        long found = stored == null ? ColdKey.ABSENT : Content.value(stored.payload());
        if (!expected.mayHold(found)) {
            if (expected.value() == ColdKey.ABSENT) {
                resurrected++;
            } else {
                lost++;
            }
            problems.add("key " + key + " holds " + found + ", acknowledged was " + expected.value());
        } else if (stored != null && expected.isDoubled(found, stored.version())) {
            doubled++;
            problems.add("another version than was acknowledged: " + stored);
        }
    }

    private void checkReplicas() throws InterruptedException {
        String uuid = scene.client().getCollection(scene.collection()).uuid();
        try (Channels channels = new Channels()) {
            Eventually.await("equal replicas", TIMEOUT, () -> {
                for (ClusterInfo.Partition partition :
                        scene.client().describeCluster().partitions()) {
                    Map<String, String> hashes = new HashMap<>();
                    for (String node : partition.nodes()) {
                        String address = scene.cluster().nodeAddress(node);
                        hashes.put(node, ReplicaRows.hash(channels, address, partition.number(), uuid));
                    }
                    if (hashes.size() < 2 || Set.copyOf(hashes.values()).size() > 1) {
                        return "partition " + partition.number() + ": " + hashes;
                    }
                }
                return null;
            });
        }
    }

    /** Every replica of a shard holds exactly the rows. */
    private void checkIndex() {
        VerifyReport report = scene.client()
                .verifyCollection(scene.collection(), VerifyOptions.DEFAULT, new VerifyListener() {
                    @Override
                    public void difference(VerifyDifference difference) {
                        problems.add("verify: " + difference);
                    }
                });
        if (!report.clean()) {
            problems.add("verify: " + report);
        }
    }

    private void checkRecall() {
        StillRecords still = scene.stage().still();
        recall = still.recall();
        if (!still.isKept(recall)) {
            problems.add("recall of what nobody changed is " + recall + ", at first " + still.atFirst());
        }
    }

    private void checkSearches() {
        Random random = new Random(traffic.acknowledged());
        for (int i = 0; i < QUERIES; i++) {
            float[] query = Content.vector(random.nextLong(1, traffic.nextValue()));
            SearchResult found = scene.client()
                    .search(
                            scene.collection(),
                            Query.of(query),
                            SearchOptions.builder(K)
                                    .nprobe(SearchOptions.ALL_CELLS)
                                    .consistency(Consistency.STRONG)
                                    .build());
            checkSearch(found, query);
        }
    }

    private void checkSearch(SearchResult found, float[] query) {
        List<Double> expected = rows.values().stream()
                .map(stored -> Content.distance(query, Objects.requireNonNull(stored.vector())))
                .sorted()
                .limit(K)
                .toList();
        Set<String> keys = new HashSet<>();
        boolean right = found.hits().size() == expected.size();
        for (int i = 0; right && i < expected.size(); i++) {
            Hit hit = found.hits().get(i);
            right = keys.add(hit.key())
                    && rows.containsKey(hit.key())
                    && Math.abs(hit.distance() - expected.get(i)) <= RELATIVE_TOLERANCE * (1 + expected.get(i));
        }
        if (!right) {
            problems.add(
                    "exact search for " + (long) query[0] + " found " + found.hits() + ", brute force " + expected);
        }
    }
}
