package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the shards of serving generations where they should be as nodes come and go: more replicas when there are nodes for them, about
 * as many on every node, and those of a node that stays away built elsewhere.
 *
 * <ol>
 *   <li>Nodes that should hold a replica and do not are named as building it; they are assigned it, and searches do not ask them.
 *   <li>When all of them are ready, the target becomes what it should be, and replicas that are too many are dropped by the next
 *       assignment.
 * </ol>
 *
 * What should be is computed anew each time from the replicas that are asked, so an interrupted move goes on or is given up by itself. While a
 * node that takes replicas does not answer nothing is moved: it may come back with all that it holds. Once it has been away for the grace
 * period ({@link Absences}), its replicas count as lost; the index is derived from the rows, so building them elsewhere loses nothing, and
 * what the node still holds when it comes back is dropped or asked again like that of any other node.
 */
final class ShardMoves implements ClusterStep {
    private static final Logger LOG = LoggerFactory.getLogger(ShardMoves.class);

    /** A shard of a generation that is searched. */
    private record Shard(CollectionTree collection, GenerationTree generation, Versioned<ShardTarget> target) {
        String name() {
            return collection.spec().getName() + "/" + generation.value().getGeneration() + "/"
                    + target.value().getShard();
        }
    }

    @Override
    public void run(Pass pass) {
        List<Candidate> candidates = pass.candidates();
        if (candidates.isEmpty() || !pass.absences().settled()) {
            return;
        }
        List<Shard> shards = openShards(pass);
        List<Group> groups = shards.stream()
                .map(shard -> new Group(
                        shard.name(),
                        ShardPlacement.replicas(shard.collection().spec(), candidates.size()),
                        shard.target().value().getReplicasList()))
                .toList();
        Map<String, List<String>> wanted = Placement.place(candidates, groups);
        shards.forEach(shard -> advance(pass, shard, wanted.getOrDefault(shard.name(), List.of())));
    }

    /** The shards of what serves, and of the first generation of a collection that is being made. */
    private static List<Shard> openShards(Pass pass) {
        List<Shard> shards = new ArrayList<>();
        for (CollectionTree collection : pass.tree().collections().values()) {
            int open = collection.serving() == null
                    ? 0
                    : collection.serving().value().getGeneration();
            GenerationTree generation = collection.generations().get(open);
            if (generation != null && !collection.dropping()) {
                generation.shards().values().forEach(target -> shards.add(new Shard(collection, generation, target)));
            }
        }
        return shards;
    }

    private static void advance(Pass pass, Shard shard, List<String> wanted) {
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(shard.target().value().getReplicasList());
        boolean complete = missing.stream().allMatch(node -> isReady(pass, shard, node));
        ShardTarget next = complete
                ? shard.target().value().toBuilder()
                        .clearReplicas()
                        .addAllReplicas(wanted)
                        .clearBuilding()
                        .build()
                : shard.target().value().toBuilder()
                        .clearBuilding()
                        .addAllBuilding(missing)
                        .build();
        if (!complete) {
            pass.lookAgainSoon();
        }
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
