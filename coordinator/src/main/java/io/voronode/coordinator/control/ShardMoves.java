package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.control.ShardGroups.Shard;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Move;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the shards of serving generations where they should be as nodes come and go: more replicas when there are nodes for them, about
 * as many bytes on every node, and those of a node that is drained or stays away built elsewhere.
 *
 * <ol>
 *   <li>Begin: nodes that should hold a replica and do not are named as building it; they are assigned it, scan and tail the rows, and searches
 *       do not ask them. Each node builds at most {@value #MAX_BUILDING} at a time.
 *   <li>Switch: when all of them are ready they are asked, and replicas that are too many are dropped by the next assignment; those
 *       first whose nodes take none any more.
 * </ol>
 *
 * What is being built goes on to its end, whatever the next plan would be, unless its node goes or movement is aborted: plans change with sizes,
 * and half-built replicas that are given up help nobody. While a node that takes replicas does not answer nothing is moved: it may come back
 * with all that it holds. Once it has been away for the grace period ({@link Absences}), its replicas count as lost; the index is derived
 * from the rows, so building them elsewhere loses nothing, and what the node still holds when it comes back is dropped or asked again like
 * that of any other node.
 */
final class ShardMoves implements ClusterStep {
    static final int MAX_BUILDING = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ShardMoves.class);

    /** See {@link ShardGroups}. The next controller learns them anew. */
    private Map<String, Double> lastLoads = Map.of();

    @Override
    public void run(Pass pass) {
        List<Candidate> candidates = pass.candidates();
        if (candidates.isEmpty() || !pass.absences().settled()) {
            return;
        }
        ShardGroups groups = new ShardGroups(pass.tree(), pass.reports(), candidates, lastLoads);
        lastLoads = groups.loads();
        Map<String, List<String>> begun = begun(pass, groups);
        for (Shard shard : groups.open()) {
            if (shard.isBuilding()) {
                advance(pass, groups, shard);
            } else if (begun.containsKey(shard.name())) {
                build(pass, shard, begun.getOrDefault(shard.name(), List.of()));
            } else {
                trim(pass, groups, shard);
            }
        }
    }

    /** The nodes that begin to build, by the shards' names. */
    private static Map<String, List<String>> begun(Pass pass, ShardGroups groups) {
        Map<String, Long> building = new HashMap<>();
        Map<String, List<String>> begun = new TreeMap<>();
        for (Move move : Movement.due(pass, groups.plan())) {
            long before = building.computeIfAbsent(move.to(), node -> groups.building(node::equals));
            if (before < MAX_BUILDING) {
                building.put(move.to(), before + 1);
                begun.computeIfAbsent(move.group(), none -> new ArrayList<>()).add(move.to());
            }
        }
        return begun;
    }

    private static void build(Pass pass, Shard shard, List<String> nodes) {
        pass.lookAgainSoon();
        replace(
                pass,
                shard,
                shard.target().value().toBuilder().addAllBuilding(nodes).build());
    }

    private static void advance(Pass pass, ShardGroups groups, Shard shard) {
        pass.lookAgainSoon();
        List<String> building = stillWanted(pass, groups, shard);
        if (!building.equals(shard.target().value().getBuildingList())) {
            replace(
                    pass,
                    shard,
                    shard.target().value().toBuilder()
                            .clearBuilding()
                            .addAllBuilding(building)
                            .build());
        } else if (building.stream().allMatch(node -> isReady(pass, shard, node))) {
            trim(pass, groups, shard);
        }
    }

    private static List<String> stillWanted(Pass pass, ShardGroups groups, Shard shard) {
        Set<String> offered = groups.candidates().stream().map(Candidate::node).collect(Collectors.toSet());
        long asked = shard.target().value().getReplicasList().stream()
                .filter(offered::contains)
                .count();
        if (Movement.aborted(pass.tree()) && asked >= groups.wanted(shard)) {
            return List.of();
        }
        return shard.target().value().getBuildingList().stream()
                .filter(offered::contains)
                .toList();
    }

    /** All that have it, or have just built it, are asked, as many as are wanted; none that can be asked goes before all that stay can be. */
    private static void trim(Pass pass, ShardGroups groups, Shard shard) {
        List<String> replicas = groups.trimmed(shard, shard.nodes());
        boolean loses = shard.nodes().stream().anyMatch(node -> !replicas.contains(node) && isReady(pass, shard, node));
        if (loses && !replicas.stream().allMatch(node -> isReady(pass, shard, node))) {
            pass.lookAgainSoon();
            return;
        }
        ShardTarget next = shard.target().value().toBuilder()
                .clearReplicas()
                .addAllReplicas(replicas)
                .clearBuilding()
                .build();
        if (!next.equals(shard.target().value())) {
            replace(pass, shard, next);
        }
    }

    private static boolean isReady(Pass pass, Shard shard, String node) {
        ByteString uuid = shard.collection().spec().getUuid();
        return new Readiness(pass.reports(), pass.tree().partitionCount())
                .ready(
                        node,
                        uuid,
                        shard.generation().value().getGeneration(),
                        shard.target().value().getShard(),
                        Map.of());
    }

    private static void replace(Pass pass, Shard shard, ShardTarget next) {
        String path = pass.paths()
                .shard(
                        shard.collection().spec().getName(),
                        shard.generation().value().getGeneration(),
                        next.getShard());
        pass.fence().change().replace(path, shard.target().version(), next).commit("moving shard " + shard.name());
        LOG.info("shard {} is asked on {}, built on {}", shard.name(), next.getReplicasList(), next.getBuildingList());
    }
}
