package io.voronode.coordinator.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.coordinator.placement.Placement.Move;
import io.voronode.coordinator.placement.Placement.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final int SEEDS = 300;

    @Test
    void givesEveryGroupItsReplicasOnDifferentNodes() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            List<Group> groups = groups(random, List.of());
            Placement.place(nodes, groups).forEach((name, placed) -> {
                Group group = byName(groups, name);
                assertThat(placed).as("seed %d", seed).doesNotHaveDuplicates();
                assertThat(placed).as("seed %d", seed).hasSize(Math.min(group.replicas(), nodes.size()));
            });
        });
    }

    @Test
    void spreadsEachGroupOverAsManyZonesAsThereAre() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            Map<String, String> zones = nodes.stream().collect(Collectors.toMap(Candidate::node, Candidate::zone));
            int zoneCount = new HashSet<>(zones.values()).size();
            Placement.place(nodes, groups(random, List.of())).forEach((name, placed) -> {
                Set<String> used = placed.stream().map(zones::get).collect(Collectors.toSet());
                assertThat(used).as("seed %d", seed).hasSize(Math.min(zoneCount, placed.size()));
            });
        });
    }

    @Test
    void givesEveryNodeAboutAsMuchWhereZonesDoNotForbidIt() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = new ArrayList<>();
            for (int node = 0; node < 1 + random.nextInt(8); node++) {
                nodes.add(new Candidate("n" + node, ""));
            }
            Map<String, Long> loads = loads(Placement.place(nodes, groups(random, List.of())));
            long most = nodes.stream()
                    .mapToLong(node -> loads.getOrDefault(node.node(), 0L))
                    .max()
                    .orElse(0);
            long least = nodes.stream()
                    .mapToLong(node -> loads.getOrDefault(node.node(), 0L))
                    .min()
                    .orElse(0);
            assertThat(most - least).as("seed %d", seed).isLessThanOrEqualTo(1);
        });
    }

    @Test
    void dependsOnNothingButItsArguments() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            List<Group> groups = groups(random, List.of());
            SortedMap<String, List<String>> placed = Placement.place(nodes, groups);
            Collections.shuffle(nodes, random);
            Collections.shuffle(groups, random);
            assertThat(Placement.place(nodes, groups)).as("seed %d", seed).isEqualTo(placed);
        });
    }

    @Test
    void keepsWhatIsPlacedOnNodesThatAreStillThere() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            SortedMap<String, List<String>> before = Placement.place(nodes, groups(random, List.of()));
            Candidate lost = nodes.remove(random.nextInt(nodes.size()));
            if (nodes.isEmpty()) {
                return;
            }
            SortedMap<String, List<String>> after = Placement.place(nodes, withCurrent(before));
            int moved = moves(before, after);
            long onLost = before.values().stream()
                    .filter(group -> group.contains(lost.node()))
                    .count();
            assertThat(moved).as("seed %d", seed).isLessThanOrEqualTo((int) Math.max(1, onLost));
        });
    }

    @Test
    void evensOutOneReplicaAtATimeAndComesToAnEnd() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            SortedMap<String, List<String>> placed = Placement.place(nodes, groups(random, List.of()));
            nodes.add(new Candidate("new-1", "za"));
            nodes.add(new Candidate("new-2", "zb"));
            int replicas = placed.values().stream().mapToInt(List::size).sum();
            for (int call = 0; call <= replicas; call++) {
                Plan plan = Placement.plan(nodes, withCurrent(placed), Set.of());
                assertThat(plan.needed()).as("seed %d", seed).isEmpty();
                if (plan.evening().isEmpty()) {
                    return;
                }
                placed = apply(placed, plan.evening().getFirst());
            }
            throw new AssertionError("seed " + seed + ": still moving after " + replicas + " calls");
        });
    }

    @Test
    void aPlanThatIsDoneLeavesNodesAboutEvenAndNothingToDo() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = new ArrayList<>();
            for (int node = 0; node < 3 + random.nextInt(4); node++) {
                nodes.add(new Candidate("n" + node, ""));
            }
            int few = 1 + random.nextInt(2);
            SortedMap<String, List<String>> placed = new TreeMap<>();
            Map<String, Long> bytes = new TreeMap<>();
            for (int group = 0; group < 16; group++) {
                placed.put("g" + group, names(nodes).subList(0, few));
                bytes.put("g" + group, 1L << 30);
            }

            Map<String, Long> loads = loads(evened(nodes, placed, bytes, seed));

            assertThat(loads).as("seed %d", seed).hasSize(nodes.size());
            assertThat(Collections.max(loads.values()) - Collections.min(loads.values()))
                    .as("seed %d: %s", seed, loads)
                    .isLessThanOrEqualTo(1);
        });
    }

    @Test
    void evensOutBytesRatherThanCounts() {
        List<Candidate> nodes = List.of(new Candidate("a", ""), new Candidate("b", ""));
        List<Group> groups = new ArrayList<>();
        groups.add(new Group("large", 1, List.of("a"), 8L << 30));
        groups.add(new Group("middle", 1, List.of("a"), 3L << 30));
        for (int small = 0; small < 5; small++) {
            groups.add(new Group("small-" + small, 1, List.of("b"), 1L << 20));
        }

        List<Move> moves = Placement.plan(nodes, groups, Set.of()).evening();

        assertThat(moves).extracting(Move::group).containsExactly("middle");
    }

    @Test
    void evensOutCountsWhereReplicasWeighAboutTheSame() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = IntStream.range(0, 4 + random.nextInt(5))
                    .mapToObj(node -> new Candidate("n" + node, ""))
                    .toList();
            SortedMap<String, List<String>> placed = new TreeMap<>();
            Map<String, Long> bytes = new TreeMap<>();
            for (int group = 0; group < 48; group++) {
                placed.put("g" + group, List.of("n" + random.nextInt(nodes.size())));
                bytes.put("g" + group, (1L << 30) + random.nextInt(1 << 25));
            }

            Map<String, Long> loads = loads(evened(nodes, placed, bytes, seed));

            assertThat(loads).as("seed %d", seed).hasSize(nodes.size());
            assertThat(Collections.max(loads.values()) - Collections.min(loads.values()))
                    .as("seed %d: %s", seed, loads)
                    .isLessThanOrEqualTo(1);
        });
    }

    /** Where replicas lie when nothing moves any more; each plan is carried out as a whole. */
    private static SortedMap<String, List<String>> evened(
            List<Candidate> nodes, SortedMap<String, List<String>> placed, Map<String, Long> bytes, long seed) {
        SortedMap<String, List<String>> now = placed;
        for (int round = 0; round < 100; round++) {
            List<Group> groups = new ArrayList<>();
            now.forEach((name, on) -> groups.add(new Group(name, on.size(), on, bytes.getOrDefault(name, 0L))));
            List<Move> moves = Placement.plan(nodes, groups, Set.of()).evening();
            if (moves.isEmpty()) {
                return now;
            }
            for (Move move : moves) {
                now = apply(now, move);
            }
        }
        throw new AssertionError("seed " + seed + ": still moving");
    }

    @Test
    void emptiesNodesThatAreNoLongerOfferedBeforeItEvensOut() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            SortedMap<String, List<String>> placed = Placement.place(nodes, groups(random, List.of()));
            Candidate leaving = nodes.remove(random.nextInt(nodes.size()));
            Plan plan = Placement.plan(nodes, withCurrent(placed), Set.of());
            for (Move move : plan.needed()) {
                assertThat(move.from()).as("seed %d", seed).contains(leaving.node());
                assertThat(placed.get(move.group()))
                        .as("seed %d", seed)
                        .contains(leaving.node())
                        .doesNotContain(move.to());
            }
            long stuck = placed.values().stream()
                    .filter(group -> group.contains(leaving.node()) && group.size() > nodes.size())
                    .count();
            long on = placed.values().stream()
                    .filter(group -> group.contains(leaving.node()))
                    .count();
            assertThat(plan.needed()).as("seed %d", seed).hasSize((int) (on - stuck));
        });
    }

    @Test
    void leavesGroupsAloneThatAreBeingMoved() {
        List<Candidate> nodes = List.of(new Candidate("a", ""), new Candidate("b", ""));
        List<Group> groups = List.of(
                new Group("g0", 1, List.of("a"), 1),
                new Group("g1", 1, List.of("a"), 1),
                new Group("g2", 1, List.of("gone"), 1));

        assertThat(Placement.plan(nodes, groups, Set.of("g0", "g1", "g2"))).isEqualTo(new Plan(List.of(), List.of()));
    }

    @Test
    void takesAReplicaThatIsTooManyFromWhoLeavesOrFromTheFullestZoneOrTheFullestNode() {
        List<Candidate> nodes = List.of(
                new Candidate("a", "x"), new Candidate("b", "x"), new Candidate("c", "y"), new Candidate("d", "z"));
        List<Group> full =
                List.of(new Group("full", 1, List.of("c"), 1L << 30), new Group("g", 1, List.of("c", "d"), 1));

        assertThat(Placement.surplus(nodes, full, "g")).contains("c");
        assertThat(Placement.surplus(nodes, List.of(new Group("g", 2, List.of("a", "b", "c"), 1)), "g"))
                .contains("b");
        assertThat(Placement.surplus(nodes, List.of(new Group("g", 2, List.of("gone", "c", "d"), 1)), "g"))
                .contains("gone");
    }

    @Test
    void replicatesOnceBelowThreeNodesAndNeverEvenly() {
        assertThat(Placement.effectiveReplication(3, 1)).isEqualTo(1);
        assertThat(Placement.effectiveReplication(3, 2)).isEqualTo(1);
        assertThat(Placement.effectiveReplication(3, 3)).isEqualTo(3);
        assertThat(Placement.effectiveReplication(5, 4)).isEqualTo(3);
        assertThat(Placement.effectiveReplication(5, 9)).isEqualTo(5);
        assertThat(Placement.effectiveReplication(1, 9)).isEqualTo(1);
    }

    private interface Property {
        void check(Random random, long seed);
    }

    private static void forSeeds(Property property) {
        for (long seed = 0; seed < SEEDS; seed++) {
            property.check(new Random(seed), seed);
        }
    }

    private static List<Candidate> nodes(Random random) {
        List<Candidate> nodes = new ArrayList<>();
        int zones = 1 + random.nextInt(4);
        for (int node = 0; node < 1 + random.nextInt(9); node++) {
            nodes.add(new Candidate("n" + node, "z" + (char) ('a' + random.nextInt(zones))));
        }
        return nodes;
    }

    private static List<Group> groups(Random random, List<String> current) {
        List<Group> groups = new ArrayList<>();
        int replicas = 1 + random.nextInt(4);
        for (int group = 0; group < 1 + random.nextInt(20); group++) {
            groups.add(new Group("g" + group, replicas, current, 1));
        }
        return groups;
    }

    private static List<String> names(List<Candidate> nodes) {
        return nodes.stream().map(Candidate::node).toList();
    }

    private static SortedMap<String, List<String>> apply(SortedMap<String, List<String>> placed, Move move) {
        SortedMap<String, List<String>> next = new TreeMap<>(placed);
        List<String> nodes = new ArrayList<>(placed.get(move.group()));
        move.from().ifPresent(nodes::remove);
        assertThat(nodes).doesNotContain(move.to());
        nodes.add(move.to());
        next.put(move.group(), nodes);
        return next;
    }

    private static List<Group> withCurrent(SortedMap<String, List<String>> placed) {
        List<Group> groups = new ArrayList<>();
        placed.forEach((name, nodes) -> groups.add(new Group(name, nodes.size(), nodes, 1)));
        return groups;
    }

    private static Group byName(List<Group> groups, String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Long> loads(SortedMap<String, List<String>> placed) {
        return placed.values().stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(node -> node, Collectors.counting()));
    }

    private static int moves(SortedMap<String, List<String>> before, SortedMap<String, List<String>> after) {
        int moves = 0;
        for (Map.Entry<String, List<String>> group : after.entrySet()) {
            List<String> added = new ArrayList<>(group.getValue());
            added.removeAll(before.getOrDefault(group.getKey(), List.of()));
            moves += added.size();
        }
        return moves;
    }
}
