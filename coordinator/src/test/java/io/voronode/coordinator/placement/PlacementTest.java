package io.voronode.coordinator.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
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
    void movesOneReplicaACallAndThenNoMore() {
        forSeeds((random, seed) -> {
            List<Candidate> nodes = nodes(random);
            SortedMap<String, List<String>> placed = Placement.place(nodes, groups(random, List.of()));
            nodes.add(new Candidate("new-1", "za"));
            nodes.add(new Candidate("new-2", "zb"));
            int replicas = placed.values().stream().mapToInt(List::size).sum();
            for (int call = 0; call <= replicas; call++) {
                SortedMap<String, List<String>> next = Placement.place(nodes, withCurrent(placed));
                int moved = moves(placed, next);
                assertThat(moved).as("seed %d", seed).isLessThanOrEqualTo(1);
                placed = next;
                if (moved == 0) {
                    return;
                }
            }
            throw new AssertionError("seed " + seed + ": still moving after " + replicas + " calls");
        });
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
            groups.add(new Group("g" + group, replicas, current));
        }
        return groups;
    }

    private static List<Group> withCurrent(SortedMap<String, List<String>> placed) {
        List<Group> groups = new ArrayList<>();
        placed.forEach((name, nodes) -> groups.add(new Group(name, nodes.size(), nodes)));
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
