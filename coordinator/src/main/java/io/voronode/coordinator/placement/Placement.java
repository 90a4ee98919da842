package io.voronode.coordinator.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Places the replicas of groups (partitions, or shards) on nodes.
 *
 * <h2>Goals, in this order</h2>
 *
 * <ol>
 *   <li>As many replicas as wanted, as far as there are nodes; never two of a group on one node.
 *   <li>What is placed stays, as long as its node is offered.
 *   <li>The replicas of a group are spread over as many zones as possible.
 *   <li>Every node holds about as many replicas as every other.
 * </ol>
 *
 * <h2>Algorithm</h2>
 *
 * <ol>
 *   <li>Keep: each group keeps its present replicas on offered nodes, the first ones if there are too many.
 *   <li>Fill: group by group, in order of their names, the missing replicas go to the node with, in this order, the fewest replicas
 *       of the group in its zone, the fewest replicas of all, the smallest hash of (group, node).
 *   <li>Even out: only if nothing was filled, and only if the fullest node holds at least {@value #HYSTERESIS} replicas more than the emptiest:
 *       one replica moves from the one to the other, if that takes no zone from its group. One move a call, so that a caller which builds the
 *       new replica before it drops the old one never has more than one under way.
 * </ol>
 *
 * <p>Each move lowers the sum of the squared loads, so repeated calls end. Example: nodes a, b (zone x) and c (zone y); partitions 0
 * and 1 with two replicas: 0 → {a, c} or {b, c}, by hash; 1 → c (for the zone) and the other of a and b (it is empty).
 */
public final class Placement {
    private static final int HYSTERESIS = 2;

    private final List<Candidate> candidates;
    private final Map<String, String> zones = new HashMap<>();
    private final Map<String, Integer> loads = new HashMap<>();
    private final SortedMap<String, List<String>> placed = new TreeMap<>();

    /**
     * A node that replicas may be placed on.
     *
     * @param zone its failure zone; may be empty, which is a zone as well
     */
    public record Candidate(String node, String zone) {}

    /**
     * Replicas that belong together.
     *
     * @param name unique among the groups of a call
     * @param replicas wanted, at least 1
     * @param current nodes that hold one now
     */
    public record Group(String name, int replicas, List<String> current) {
        public Group {
            current = List.copyOf(current);
            if (replicas < 1) {
                throw new IllegalArgumentException("replicas " + replicas + " < 1 for group " + name);
            }
        }
    }

    private Placement(List<Candidate> candidates) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparing(Candidate::node))
                .toList();
        for (Candidate candidate : candidates) {
            zones.put(candidate.node(), candidate.zone());
            loads.put(candidate.node(), 0);
        }
    }

    /** The nodes of each group, by its name; those that stay come first. */
    public static SortedMap<String, List<String>> place(List<Candidate> candidates, List<Group> groups) {
        return new Placement(candidates).run(groups);
    }

    /** How many replicas of a partition there can be: a Raft group of two is worse than one of one, so 1 below three nodes. */
    public static int effectiveReplication(int wanted, int nodes) {
        int possible = nodes < 3 ? 1 : nodes % 2 == 0 ? nodes - 1 : nodes;
        return Math.min(wanted, possible);
    }

    private SortedMap<String, List<String>> run(List<Group> groups) {
        List<Group> ordered =
                groups.stream().sorted(Comparator.comparing(Group::name)).toList();
        ordered.forEach(this::keep);
        boolean filled = false;
        for (Group group : ordered) {
            filled |= fill(group);
        }
        if (!filled) {
            evenOut();
        }
        return placed;
    }

    private void keep(Group group) {
        List<String> kept = group.current().stream()
                .distinct()
                .filter(zones::containsKey)
                .limit(group.replicas())
                .toList();
        kept.forEach(node -> loads.merge(node, 1, Integer::sum));
        placed.put(group.name(), new ArrayList<>(kept));
    }

    private boolean fill(Group group) {
        List<String> nodes = replicasOf(group.name());
        boolean filled = false;
        while (nodes.size() < Math.min(group.replicas(), candidates.size())) {
            String node = best(group.name(), nodes);
            nodes.add(node);
            loads.merge(node, 1, Integer::sum);
            filled = true;
        }
        return filled;
    }

    private String best(String group, List<String> taken) {
        return candidates.stream()
                .map(Candidate::node)
                .filter(node -> !taken.contains(node))
                .min(Comparator.<String>comparingLong(node -> inZone(taken, zone(node)))
                        .thenComparingInt(this::load)
                        .thenComparingInt(node -> spread(group, node))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private void evenOut() {
        Optional<String> fullest = candidates.stream().map(Candidate::node).max(Comparator.comparingInt(this::load));
        Optional<String> emptiest = candidates.stream().map(Candidate::node).min(Comparator.comparingInt(this::load));
        if (fullest.isEmpty() || emptiest.isEmpty() || load(fullest.get()) - load(emptiest.get()) < HYSTERESIS) {
            return;
        }
        for (List<String> nodes : placed.values()) {
            if (canMove(nodes, fullest.get(), emptiest.get())) {
                nodes.remove(fullest.get());
                nodes.add(emptiest.get());
                return;
            }
        }
    }

    private boolean canMove(List<String> nodes, String from, String to) {
        if (!nodes.contains(from) || nodes.contains(to)) {
            return false;
        }
        boolean sameZone = zone(from).equals(zone(to));
        return sameZone || inZone(nodes, zone(to)) < inZone(nodes, zone(from));
    }

    private List<String> replicasOf(String group) {
        return placed.getOrDefault(group, List.of());
    }

    private String zone(String node) {
        return zones.getOrDefault(node, "");
    }

    private int load(String node) {
        return loads.getOrDefault(node, 0);
    }

    private long inZone(List<String> nodes, String zone) {
        return nodes.stream().filter(node -> zone(node).equals(zone)).count();
    }

    /** Different for each pair, the same everywhere: without it the first nodes by name would take all that is equal. */
    private static int spread(String group, String node) {
        int hash = (group + '\n' + node).hashCode() * 0x9E3779B1;
        return (hash ^ (hash >>> 15)) & Integer.MAX_VALUE;
    }
}
