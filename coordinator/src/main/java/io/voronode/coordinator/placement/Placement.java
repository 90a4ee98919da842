package io.voronode.coordinator.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 *   <li>Every node holds about as many bytes as every other, and of small groups about as many replicas: a replica weighs its bytes, its heat, and
 *       {@link #REPLICA_BYTES} for being there.
 * </ol>
 *
 * <h2>Algorithm</h2>
 *
 * <ol>
 *   <li>Keep: each group keeps its present replicas on offered nodes.
 *   <li>Fill: group by group, in order of their names, what is missing goes to the node with, in this order, the fewest replicas of the
 *       group in its zone, the least load, the smallest hash of (group, node). A replica on a node that is not offered is missing, so that
 *       this also empties nodes that leave.
 *   <li>Even out: while the fullest node has so much more than the emptiest that a replica weighs no more than three quarters of the difference,
 *       the one moves that leaves the two most alike, if that takes no zone from its group. Differences below a tenth of the mean load are let
 *       be: sizes always differ a little, and each move reads all that it moves.
 * </ol>
 *
 * <p>Each move of the last step lowers the sum of the squared loads, so there is an end. Example: nodes a, b (zone x) and c (zone y); partitions 0
 * and 1 with two replicas: 0 → {a, c} or {b, c}, by hash; 1 → c (for the zone) and the other of a and b (it is empty).
 */
public final class Placement {
    /** So much a replica weighs beside its bytes: its files, threads and memory cost something however empty it is. */
    public static final long REPLICA_BYTES = 16L << 20;

    private static final int LEAST_SHARE_OF_MEAN = 10;

    private final Loads loads;
    private final List<Group> ordered;
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
     * @param bytes of one replica, about
     * @param heat what requests to one replica weigh beside its bytes, in bytes
     */
    public record Group(String name, int replicas, List<String> current, long bytes, long heat) {
        /** One whose requests nobody weighs. */
        public Group(String name, int replicas, List<String> current, long bytes) {
            this(name, replicas, current, bytes, 0);
        }

        public Group {
            current = List.copyOf(current);
            if (replicas < 1) {
                throw new IllegalArgumentException("replicas " + replicas + " < 1 for group " + name);
            }
        }

        long weight() {
            return bytes + heat + REPLICA_BYTES;
        }
    }

    /**
     * One replica more on a node, and then one less on another.
     *
     * @param from the node that it leaves; empty: the group has too few
     */
    public record Move(String group, Optional<String> from, String to, long bytes) {}

    /**
     * Moves in the order in which they are best made.
     *
     * @param needed groups have too few replicas without them, or their nodes are no longer offered
     * @param evening make loads even when those are done
     */
    public record Plan(List<Move> needed, List<Move> evening) {
        public Plan {
            needed = List.copyOf(needed);
            evening = List.copyOf(evening);
        }
    }

    private Placement(List<Candidate> candidates, List<Group> groups) {
        this.loads = new Loads(candidates);
        this.ordered = groups.stream().sorted(Comparator.comparing(Group::name)).toList();
        ordered.forEach(this::keep);
    }

    /** The nodes of each group, by its name, when the missing ones are filled; those that stay come first. */
    public static SortedMap<String, List<String>> place(List<Candidate> candidates, List<Group> groups) {
        Placement placement = new Placement(candidates, groups);
        placement.ordered.forEach(placement::trim);
        placement.fill(Set.of());
        return placement.placed;
    }

    /**
     * What has to move where.
     *
     * @param busy names of groups that are being moved and stay as they are until that is done
     */
    public static Plan plan(List<Candidate> candidates, List<Group> groups, Set<String> busy) {
        Placement placement = new Placement(candidates, groups);
        return new Plan(placement.fill(busy), placement.evenOut(busy));
    }

    /**
     * Which node gives its replica up, of a group that has more than it wants: one that is not offered, or else the one whose zone has most
     * of the group, or else the fullest.
     */
    public static Optional<String> surplus(List<Candidate> candidates, List<Group> groups, String name) {
        Placement placement = new Placement(candidates, groups);
        Group group = placement.ordered.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return group.current().stream()
                .max(Comparator.<String, Boolean>comparing(node -> !placement.loads.offers(node))
                        .thenComparingLong(node -> placement.loads.inZoneOf(node, placement.replicasOf(name)))
                        .thenComparingLong(placement.loads::of)
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** How many replicas of a partition there can be: a Raft group of two is worse than one of one, so 1 below three nodes. */
    public static int effectiveReplication(int wanted, int nodes) {
        int possible = nodes < 3 ? 1 : nodes % 2 == 0 ? nodes - 1 : nodes;
        return Math.min(wanted, possible);
    }

    private void keep(Group group) {
        List<String> kept =
                group.current().stream().distinct().filter(loads::offers).toList();
        kept.forEach(node -> loads.add(node, group.weight()));
        placed.put(group.name(), new ArrayList<>(kept));
    }

    /** Too many: the first ones stay. */
    private void trim(Group group) {
        List<String> nodes = replicasOf(group.name());
        while (nodes.size() > group.replicas()) {
            loads.add(nodes.removeLast(), -group.weight());
        }
    }

    private List<Move> fill(Set<String> busy) {
        List<Move> moves = new ArrayList<>();
        for (Group group : ordered) {
            if (!busy.contains(group.name())) {
                fill(group, moves);
            }
        }
        return moves;
    }

    private void fill(Group group, List<Move> moves) {
        List<String> nodes = replicasOf(group.name());
        List<String> leaving = new ArrayList<>(group.current());
        leaving.removeIf(loads::offers);
        while (nodes.size() < Math.min(group.replicas(), loads.nodes().size())) {
            String node = best(group.name(), nodes);
            nodes.add(node);
            loads.add(node, group.weight());
            Optional<String> from = leaving.isEmpty() ? Optional.empty() : Optional.of(leaving.removeFirst());
            moves.add(new Move(group.name(), from, node, group.bytes()));
        }
    }

    private String best(String group, List<String> taken) {
        return loads.nodes().stream()
                .filter(node -> !taken.contains(node))
                .min(Comparator.<String>comparingLong(node -> loads.inZoneOf(node, taken))
                        .thenComparingLong(loads::of)
                        .thenComparingInt(node -> spread(group, node))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private List<Move> evenOut(Set<String> busy) {
        List<Move> moves = new ArrayList<>();
        Set<String> moved = new HashSet<>(busy);
        for (Optional<Move> move = evening(moved); move.isPresent(); move = evening(moved)) {
            moves.add(move.get());
            moved.add(move.get().group());
        }
        return moves;
    }

    /** The next one: from the fullest node that can give something to the emptiest that can take it. */
    private Optional<Move> evening(Set<String> fixed) {
        for (String from : loads.fullestFirst()) {
            for (String to : loads.fullestFirst().reversed()) {
                long difference = loads.of(from) - loads.of(to);
                if (difference * LEAST_SHARE_OF_MEAN <= loads.mean()) {
                    break;
                }
                Optional<Group> best = ordered.stream()
                        .filter(group -> !fixed.contains(group.name()) && 4 * group.weight() <= 3 * difference)
                        .filter(group -> canMove(replicasOf(group.name()), from, to))
                        .min(Comparator.<Group>comparingLong(group -> left(difference, group))
                                .thenComparingLong(Group::weight));
                if (best.isPresent()) {
                    return best.map(group -> move(group, from, to));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * How much two nodes differ when one has given the other a replica. The other may have more then: of replicas that weigh about the same, one
     * that had to fit into half of the difference would never leave a node with two more of them.
     */
    private static long left(long difference, Group moved) {
        return Math.abs(difference - 2 * moved.weight());
    }

    private Move move(Group group, String from, String to) {
        List<String> nodes = replicasOf(group.name());
        nodes.remove(from);
        nodes.add(to);
        loads.add(from, -group.weight());
        loads.add(to, group.weight());
        return new Move(group.name(), Optional.of(from), to, group.bytes());
    }

    private boolean canMove(List<String> nodes, String from, String to) {
        if (!nodes.contains(from) || nodes.contains(to)) {
            return false;
        }
        return loads.zone(from).equals(loads.zone(to)) || loads.inZoneOf(to, nodes) < loads.inZoneOf(from, nodes);
    }

    private List<String> replicasOf(String group) {
        return placed.computeIfAbsent(group, none -> new ArrayList<>());
    }

    /** Different for each pair, the same everywhere: without it the first nodes by name would take all that is equal. */
    private static int spread(String group, String node) {
        int hash = (group + '\n' + node).hashCode() * 0x9E3779B1;
        return (hash ^ (hash >>> 15)) & Integer.MAX_VALUE;
    }
}
