package io.voronode.coordinator.canary;

import io.voronode.proto.v1.Hit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The share of the true nearest that an answer has. Pure. */
final class ShadowRecall {
    private ShadowRecall() {}

    /**
     * The recall of an answer. A hit that is not among the true ones but no farther than the last of them is as good as that one.
     *
     * @param truth what an exact search finds, nearest first; at least one
     */
    static double of(List<Hit> answer, List<Hit> truth) {
        Set<String> keys = truth.stream().map(Hit::getKey).collect(Collectors.toSet());
        double farthest = truth.getLast().getDistance();
        long found = answer.stream()
                .filter(hit -> keys.contains(hit.getKey()) || hit.getDistance() <= farthest)
                .count();
        return Math.min(found, truth.size()) / (double) truth.size();
    }
}
