package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewestNodesTest {
    private static final long SEED = 20_261_129;

    @Test
    void whoMustBeAskedAnywayTakesWhatElseItHas() {
        assertThat(FewestNodes.of(Map.of(
                        0, List.of("n1", "n2"),
                        1, List.of("n3"),
                        2, List.of("n3", "n1"))))
                .containsEntry(1, "n3")
                .containsEntry(2, "n3")
                .containsKey(0)
                .hasSize(3);
    }

    @Test
    void whoHasTheMostOfWhatIsLeftTakesIt() {
        assertThat(FewestNodes.of(Map.of(
                        0, List.of("n1", "n2"),
                        1, List.of("n2", "n3"),
                        2, List.of("n3", "n2"),
                        3, List.of("n4", "n2"))))
                .containsOnly(Map.entry(0, "n2"), Map.entry(1, "n2"), Map.entry(2, "n2"), Map.entry(3, "n2"));
    }

    @Test
    void equalNodesAreAskedInTurn() {
        Set<String> asked = IntStream.range(0, 100)
                .mapToObj(i -> FewestNodes.of(Map.of(0, List.of("n1", "n2"))).get(0))
                .collect(Collectors.toSet());

        assertThat(asked).containsExactlyInAnyOrder("n1", "n2");
    }

    @Test
    void everyShardGetsOneOfItsOwnNodesAndFewerAreAskedThanByChance() {
        Random random = new Random(SEED);
        int asked = 0;
        int byChance = 0;
        for (int round = 0; round < 1_000; round++) {
            Map<Integer, List<String>> candidates = IntStream.range(0, 6)
                    .boxed()
                    .collect(Collectors.toMap(
                            shard -> shard,
                            shard -> random.ints(0, 8)
                                    .distinct()
                                    .limit(2)
                                    .mapToObj(node -> "n" + node)
                                    .toList()));

            Map<Integer, String> assigned = FewestNodes.of(candidates);

            assertThat(assigned.keySet()).isEqualTo(candidates.keySet());
            assigned.forEach((shard, node) -> assertThat(candidates.get(shard)).contains(node));
            asked += new HashSet<>(assigned.values()).size();
            byChance += (int)
                    candidates.values().stream().map(List::getFirst).distinct().count();
        }
        assertThat(asked).as("seed %d", SEED).isLessThan((int) (0.8 * byChance));
    }
}
