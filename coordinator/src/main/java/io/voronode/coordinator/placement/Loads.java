package io.voronode.coordinator.placement;

import io.voronode.coordinator.placement.Placement.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the offered nodes bear, and where they are. Owned by one {@link Placement}. */
final class Loads {
    private final SortedMap<String, String> zones = new TreeMap<>();
    private final SortedMap<String, Long> bytes = new TreeMap<>();

    /** Of nodes that bear nothing. */
    Loads(List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            zones.put(candidate.node(), candidate.zone());
            bytes.put(candidate.node(), 0L);
        }
    }

    boolean offers(String node) {
        return zones.containsKey(node);
    }

    List<String> nodes() {
        return List.copyOf(zones.keySet());
    }

    void add(String node, long weight) {
        bytes.merge(node, weight, Long::sum);
    }

    long of(String node) {
        return bytes.getOrDefault(node, 0L);
    }

    long mean() {
        return bytes.isEmpty()
                ? 0
                : bytes.values().stream().mapToLong(Long::longValue).sum() / bytes.size();
    }

    List<String> fullestFirst() {
        return zones.keySet().stream()
                .sorted(Comparator.<String>comparingLong(this::of).reversed().thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    String zone(String node) {
        return zones.getOrDefault(node, "");
    }

    /** How many of these nodes are in the zone of one. */
    long inZoneOf(String node, List<String> nodes) {
        return nodes.stream().filter(other -> zone(other).equals(zone(node))).count();
    }
}
