package io.voronode.coordinator.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Assigns each shard of a search to one of the nodes that may answer for it, so that few nodes are asked: every call costs as much as some
 * shards, takes the query's vector along, and is one more that may be slow. Nodes that must be asked anyway take what else they have; then,
 * again and again, the node that has the most of what is left takes that (the greedy cover of a set by subsets). Pure but for chance, which
 * decides between equal nodes.
 */
final class FewestNodes {
    private final Map<Integer, List<String>> open;
    private final Map<Integer, String> assigned = new HashMap<>();

    private FewestNodes(Map<Integer, List<String>> candidates) {
        this.open = new HashMap<>(candidates);
    }

    /**
     * Assigns every shard.
     *
     * @param candidates by shard; at least one each
     */
    static Map<Integer, String> of(Map<Integer, List<String>> candidates) {
        FewestNodes choice = new FewestNodes(candidates);
        candidates.values().stream()
                .filter(nodes -> nodes.size() == 1)
                .map(List::getFirst)
                .distinct()
                .forEach(choice::take);
        while (!choice.open.isEmpty()) {
            choice.take(choice.best());
        }
        return choice.assigned;
    }

    private void take(String node) {
        open.entrySet().removeIf(shard -> {
            boolean has = shard.getValue().contains(node);
            if (has) {
                assigned.put(shard.getKey(), node);
            }
            return has;
        });
    }

    private String best() {
        Map<String, Integer> counts = new HashMap<>();
        open.values().forEach(nodes -> nodes.forEach(node -> counts.merge(node, 1, Integer::sum)));
        int most = 0;
        List<String> best = new ArrayList<>();
        for (Map.Entry<String, Integer> node : counts.entrySet()) {
            if (node.getValue() > most) {
                most = node.getValue();
                best.clear();
            }
            if (node.getValue() == most) {
                best.add(node.getKey());
            }
        }
        return best.get(ThreadLocalRandom.current().nextInt(best.size()));
    }
}
