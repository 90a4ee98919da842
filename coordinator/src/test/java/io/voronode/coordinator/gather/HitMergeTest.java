package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.ShardHit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class HitMergeTest {
    private static final Comparator<ShardHit> ORDER =
            Comparator.comparingDouble(ShardHit::getDistance).thenComparing(ShardHit::getKey);

    @RepeatedTest(50)
    void mergesAsIfAllHitsWereSortedTogether() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int keys = 1 + random.nextInt(60);
        int k = 1 + random.nextInt(40);
        List<ShardHit> all = new ArrayList<>();
        Map<String, ShardHit> newest = new HashMap<>();
        for (int i = 0; i < random.nextInt(200); i++) {
            // Few distances, so that there are ties.
            ShardHit hit = hit("key-" + random.nextInt(keys), i + 1, random.nextInt(10) / 4f);
            all.add(hit);
            newest.put(hit.getKey(), hit);
        }
        Collections.shuffle(all, random);
        HitMerge merge = new HitMerge();
        all.forEach(merge::add);
        List<ShardHit> expected =
                newest.values().stream().sorted(ORDER).limit(k).toList();
        assertThat(merge.best(k)).as("seed %d", seed).isEqualTo(expected);
        assertThat(merge.bound(k))
                .as("seed %d", seed)
                .isEqualTo(
                        expected.size() < k ? null : (Float) expected.getLast().getDistance());
    }

    @Test
    void keepsTheHigherVersionOfAKeyEvenWhereItIsFarther() {
        HitMerge merge = new HitMerge();
        merge.add(hit("a", 5, 0.1f));
        merge.add(hit("a", 7, 0.9f));
        merge.add(hit("a", 6, 0.2f));
        assertThat(merge.best(10)).containsExactly(hit("a", 7, 0.9f));
    }

    @Test
    void forgetsARecordThatIsGoneUntilItIsWrittenAgain() {
        HitMerge merge = new HitMerge();
        merge.add(hit("a", 5, 0.1f));
        merge.add(hit("b", 6, 0.2f));
        merge.drop(hit("a", 5, 0.1f));
        merge.add(hit("a", 5, 0.1f));
        assertThat(merge.best(10)).containsExactly(hit("b", 6, 0.2f));
        assertThat(merge.size()).isEqualTo(1);
        merge.add(hit("a", 8, 0.3f));
        assertThat(merge.best(10)).extracting(ShardHit::getKey).containsExactly("b", "a");
    }

    private static ShardHit hit(String key, long version, float distance) {
        return ShardHit.newBuilder()
                .setKey(key)
                .setVersion(version)
                .setDistance(distance)
                .build();
    }
}
