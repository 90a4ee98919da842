package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ServingNode;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the nodes know of something that the tree does not: then it is empty, or it was restored from a backup, and to make true what it says
 * would undo what has happened since. Everything that nodes come to know was in the tree before, so of a tree that has not gone back in
 * time none of this can be:
 *
 * <ol>
 *   <li>no format, but nodes with partitions, or targets of partitions;
 *   <li>a node or partition that has obeyed a higher epoch than the controller's;
 *   <li>a leader of another group than the target's, or whose voters and those of the target each lack one of the other's;
 *   <li>a leader that knows a collection which the tree does not, or a higher generation of one;
 *   <li>a collection that is being restored by the tree, and has been opened by a partition;
 *   <li>a part of what is only written and removed as a whole: shards of a generation that is not being ended, a generation that a partition has begun, {@code serving}, the
 *       registration of a node that lives and holds something. Whoever deletes a tree does it znode by znode.
 * </ol>
 *
 * Nodes that hold partitions of another cluster do not count. Pure.
 */
final class TreeAge {
    private final TreeSnapshot tree;
    private final Reports reports;
    private final long epoch;

    private TreeAge(TreeSnapshot tree, Reports reports, long epoch) {
        this.tree = tree;
        this.reports = reports;
        this.epoch = epoch;
    }

    /** Why the tree must not be acted on, for people; empty: it may. */
    static Optional<String> doubt(TreeSnapshot tree, Reports reports, long epoch) {
        ClusterFormat format = tree.format();
        return format == null
                ? emptiness(tree, reports)
                : new TreeAge(tree, reports.ofCluster(format.getClusterUuid()), epoch).doubt();
    }

    private static Optional<String> emptiness(TreeSnapshot tree, Reports reports) {
        if (!tree.partitions().isEmpty()) {
            return Optional.of("the cluster tree has partitions and no format: its recovery broke off");
        }
        return reports.byNode().values().stream()
                .filter(report -> report.getPartitionsCount() > 0)
                .findFirst()
                .map(report -> "the cluster tree is empty, while node \"" + report.getNode() + "\" holds "
                        + report.getPartitionsCount() + " partitions");
    }

    private Optional<String> doubt() {
        return epochs().or(this::registrations)
                .or(this::parts)
                .or(() -> tree.partitions().values().stream()
                        .map(Versioned::value)
                        .flatMap(this::doubts)
                        .findFirst());
    }

    private Optional<String> epochs() {
        return reports.byNode().values().stream()
                .filter(report -> highest(report) > epoch)
                .findFirst()
                .map(report -> "node \"" + report.getNode() + "\" has obeyed a controller of epoch " + highest(report)
                        + ", which is above " + epoch + " of this one");
    }

    private Optional<String> registrations() {
        return reports.byNode().values().stream()
                .filter(report -> report.getPartitionsCount() + report.getShardsCount() > 0)
                .map(DescribeNodeResponse::getNode)
                .filter(node -> !tree.nodes().containsKey(node))
                .findFirst()
                .map(node -> "node \"" + node + "\" lives, and is not registered in the cluster tree");
    }

    private Optional<String> parts() {
        return tree.collections().values().stream()
                .filter(TreeAge::isInPart)
                .findFirst()
                .map(collection ->
                        "collection \"" + collection.spec().getName() + "\" is in the cluster tree only in part");
    }

    private static boolean isInPart(CollectionTree collection) {
        Versioned<ServingNode> serving = collection.serving();
        boolean served = collection.generations().values().stream()
                .anyMatch(generation -> generation.value().getPhase() == GenerationPhase.GENERATION_PHASE_SERVING);
        return collection.generations().values().stream()
                        .anyMatch(generation -> generation.value().getPhase() != GenerationPhase.GENERATION_PHASE_ENDING
                                && generation.shards().size()
                                        < generation.value().getShardCount())
                || (serving == null
                        ? served
                        : !collection.generations().containsKey(serving.value().getGeneration()));
    }

    private static long highest(DescribeNodeResponse report) {
        return report.getPartitionsList().stream()
                .mapToLong(PartitionStatus::getHighestEpoch)
                .reduce(report.getAssignmentEpoch(), Math::max);
    }

    private Stream<String> doubts(PartitionTarget target) {
        PartitionStatus leader = reports.leader(target.getPartition()).orElse(null);
        if (leader == null) {
            return Stream.empty();
        }
        return Stream.concat(
                Stream.ofNullable(ofGroup(target, leader)),
                leader.getCollectionsList().stream().flatMap(known -> Stream.ofNullable(ofCollection(leader, known))));
    }

    private static @Nullable String ofGroup(PartitionTarget target, PartitionStatus leader) {
        if (!leader.getGroupUuid().isEmpty() && !leader.getGroupUuid().equals(target.getGroupUuid())) {
            return "partition " + leader.getPartition() + " is held as group " + Uuids.hex(leader.getGroupUuid())
                    + ", not as " + Uuids.hex(target.getGroupUuid());
        }
        Set<String> voters = Set.copyOf(leader.getVotersList());
        Set<String> wanted = Set.copyOf(Peers.voterIds(target));
        Set<String> named =
                target.getPeersList().stream().map(PartitionPeer::getPeerId).collect(Collectors.toSet());
        return !voters.isEmpty() && !named.containsAll(voters) && !voters.containsAll(wanted)
                ? "the voters of partition " + leader.getPartition() + " are " + voters + ", not " + wanted
                : null;
    }

    /** Generation 0 begins in the partitions, before it is in the tree; then there are no rows yet. */
    private static boolean isLost(CollectionTree collection, PartitionCollectionStatus known) {
        boolean isMade = collection.serving() == null && known.getLiveRows() == 0;
        return !collection.dropping()
                && !isMade
                && known.getGenerationsList().stream()
                        .anyMatch(generation -> !collection.generations().containsKey(generation.getGeneration()));
    }

    private @Nullable String ofCollection(PartitionStatus leader, PartitionCollectionStatus known) {
        CollectionTree collection = tree.collections().values().stream()
                .filter(present ->
                        present.spec().getUuid().equals(known.getSpec().getUuid()))
                .findFirst()
                .orElse(null);
        String what = "partition " + leader.getPartition() + " has collection \""
                + known.getSpec().getName() + "\"";
        if (collection == null) {
            return what + " (" + Uuids.hex(known.getSpec().getUuid()) + "), which the cluster tree has not";
        }
        if (known.getLastGeneration() > collection.node().getLastGeneration()) {
            return what + " in generation " + known.getLastGeneration() + ", the cluster tree only in "
                    + collection.node().getLastGeneration();
        }
        if (isLost(collection, known)) {
            return what + " in generations that the cluster tree has not";
        }
        return collection.spec().getRestoring() && !known.getSpec().getRestoring()
                ? what + " open, which is being restored by the cluster tree"
                : null;
    }
}
